#include "doctor/examination.hpp"

#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"

namespace flatsweep::doctor {
namespace {

namespace fs = std::filesystem;
using Ranks = std::vector<RankFacts>;
using enum Finding::Verdict;

/// Return a finding whose text is formatted by fmt.
template <typename... Values>
Finding finding(Finding::Verdict verdict, const char* subject, fmt::format_string<Values...> text, Values&&... values) {
  return {verdict, subject, fmt::format(text, std::forward<Values>(values)...)};
}

/// Return the value of a variable of the environment; empty if it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

double free_shared_memory() {
  const char* folder = std::getenv("OMPI_MCA_btl_sm_backing_directory");  // of Open MPI 5, which knows both names
  if (folder == nullptr) folder = std::getenv("OMPI_MCA_btl_vader_backing_directory");
  struct statvfs disk {};
  if (::statvfs(folder != nullptr ? folder : "/dev/shm", &disk) != 0) return std::numeric_limits<double>::max();
  return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
}

RankFacts own_facts() {
  RankFacts facts;
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  facts.host = host.data();
  CPU_ZERO(&facts.cpus);
  ::sched_getaffinity(0, sizeof facts.cpus, &facts.cpus);
  facts.cores_online = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.unix_seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  facts.shared_memory_bytes = free_shared_memory();
  facts.blas = dense::library();
  facts.blas_problem = dense::fallback_reason();
  facts.blas_errs = !facts.blas_problem.empty() && dense::openblas_errs();
  return facts;
}

/// Return {4, 1, 4} for `Open MPI v4.1.4`; nothing for another library.
std::optional<std::array<int, 3>> open_mpi_version(const std::string& library) {
  std::array<int, 3> version{};
  const int read = std::sscanf(library.c_str(), "Open MPI v%d.%d.%d", version.data(), &version[1], &version[2]);
  return read == 3 ? std::optional(version) : std::nullopt;
}

Finding check_mpi(const Ranks& ranks) {
  const std::string library = mpi::library_version();
  const std::string tasks = variable("SLURM_NTASKS");
  const bool alone_in_step = ranks.size() == 1 && !variable("SLURM_STEP_ID").empty() && !tasks.empty() &&
                             tasks != "1" && variable("OMPI_COMM_WORLD_SIZE").empty();
  if (alone_in_step)
    return finding(
        wrong, "MPI",
        "{}: one rank, but Slurm started {} tasks. Start with srun --mpi=pmix, or with mpirun in the allocation",
        library, tasks);
  const std::string started = fmt::format("{}, {} {}", library, ranks.size(), ranks.size() == 1 ? "rank" : "ranks");
  const auto version = open_mpi_version(library);
  if (!version) return finding(note, "MPI", "{}; flatsweep is tested with Open MPI", started);
  const bool corrupts = *version < std::array{4, 1, 7} || ((*version)[0] == 5 && *version < std::array{5, 0, 6});
  if (!corrupts) return finding(good, "MPI", "{}", started);
  return finding(note, "MPI", "{}; collective writes of this version can corrupt data, flatsweep's are independent",
                 started);
}

/// Return the ranks that work on each host, i.e. all but the controller, which sleeps.
std::map<std::string, std::vector<const RankFacts*>> workers_by_host(const Ranks& ranks) {
  std::map<std::string, std::vector<const RankFacts*>> workers;
  for (std::size_t rank = ranks.size() == 1 ? 0 : 1; rank < ranks.size(); ++rank)
    workers[ranks[rank].host].push_back(&ranks[rank]);
  return workers;
}

Finding check_binding(const Ranks& ranks) {
  for (const auto& [host, workers] : workers_by_host(ranks)) {
    const int online = workers.front()->cores_online;
    cpu_set_t all;
    CPU_ZERO(&all);
    for (const RankFacts* worker : workers) {
      CPU_OR(&all, &all, &worker->cpus);
      const auto sharing = std::ranges::count_if(
          workers, [&](const RankFacts* other) { return CPU_EQUAL(&other->cpus, &worker->cpus) != 0; });
      if (sharing > CPU_COUNT(&worker->cpus) && CPU_COUNT(&worker->cpus) < online)
        return finding(
            wrong, "binding",
            "{} workers of {} are bound to the same {} of {} cores. Start with mpirun --bind-to none, or give the job more cores",
            sharing, host, CPU_COUNT(&worker->cpus), online);
    }
    if (static_cast<int>(workers.size()) > CPU_COUNT(&all))
      return finding(note, "binding", "{} workers share the {} cores of {}; more than one worker a core gains nothing",
                     workers.size(), CPU_COUNT(&all), host);
  }
  return finding(good, "binding", "every worker has a core");
}

Finding check_shared_memory(const Ranks& ranks) {
  constexpr double bytes_per_rank = 16e6;
  std::map<std::string, int> ranks_on;
  for (const RankFacts& rank : ranks) ++ranks_on[rank.host];
  for (const RankFacts& rank : ranks)
    if (rank.shared_memory_bytes < bytes_per_rank * ranks_on[rank.host])
      return finding(
          wrong, "shared memory",
          "less than 16 MB a rank are free on {} for messages between its ranks, which die by SIGBUS if it is full. Enlarge /dev/shm, or set OMPI_MCA_btl_vader_backing_directory to a folder with room",
          rank.host);
  return finding(good, "shared memory", "there is room for messages between ranks");
}

Finding check_blas(const Ranks& ranks) {
  std::set<std::string> libraries;
  for (const RankFacts& rank : ranks) {
    if (!rank.blas_problem.empty())
      return finding(
          rank.blas_errs ? wrong : note, "BLAS",
          "{} ({}), so that Eigen's are used. Set OPENBLAS_CORETYPE to SKYLAKEX, ZEN or HASWELL, whichever the CPU is closest to, or FLATSWEEP_BLAS=eigen to keep it so",
          rank.blas_problem, rank.host);
    libraries.insert(rank.blas);
  }
  if (libraries.size() > 1)
    return finding(note, "BLAS", "ranks differ ({}; {}), so that a run on other hosts gives other last bits",
                   *libraries.begin(), *libraries.rbegin());
  if (libraries.begin()->starts_with("Eigen") && variable("FLATSWEEP_BLAS").empty())
    return finding(note, "BLAS", "{}; a build with OpenBLAS takes down to half the time", *libraries.begin());
  return finding(good, "BLAS", "{}", *libraries.begin());
}

Finding check_clocks(const Ranks& ranks) {
  const auto [first, last] = std::ranges::minmax(ranks, {}, &RankFacts::unix_seconds);
  const double seconds = last.unix_seconds - first.unix_seconds;
  if (seconds > 5.0)
    return finding(
        wrong, "clocks",
        "{} and {} differ by {} s, and each rank follows its own for --deadline. Set them by NTP, or use --time-limit",
        first.host, last.host, static_cast<int>(seconds));
  return finding(good, "clocks", "all hosts agree");
}

/// Return a job with a row for every rank.
job::Job small_job(int ranks) {
  return job::parse_job(
      fmt::format("[grid]\nactivation = relu\nlink = matched\ngamma = 0.5\nd = 2\nseed = 0..{}\n", ranks - 1),
      "doctor");
}

void write_own_row(const fs::path& file, const job::Job& job, const mpi::Communicator& comm) {
  record::ResultsWriter writer(file, job, comm);
  experiment::Outcome row;
  row.id = ConfigurationId{static_cast<std::uint64_t>(comm.rank())};
  row.status = Status::solved;
  writer.write({&row, 1});
  writer.close();
}

/// Whether another process or rank holds the file, as seen from this rank.
bool is_held(const fs::path& file) {
  try {
    const record::RunLock lock(file, record::RunLock::Absent::refuse, std::chrono::milliseconds(0));
    return false;
  } catch (const FileInUse&) {
    return true;
  } catch (const Error&) {
    return false;  // no locks at all
  }
}

/// Count the ranks that could lock the file although rank 0 holds it, on rank 0.
/// @note Collective
int count_intruders(const fs::path& file, const mpi::Communicator& comm) {
  return static_cast<int>(std::ranges::count(comm.gather(is_held(file)), false));
}

int count_rows(const fs::path& file) {
  const record::ResultsReader reader(file);
  std::vector<Status> statuses(reader.rows());
  reader.read_valid_statuses(0, statuses);
  return static_cast<int>(std::ranges::count(statuses, Status::solved));
}

/// Removes a file in the end; none if it has no name.
struct Removal {
  fs::path file;
  ~Removal() {
    std::error_code absent;
    fs::remove(file, absent);
  }
};

/// Create a results file for the ranks to write, and lock it. @throws Error if that fails
record::RunLock create_file(const fs::path& file, const job::Job& job) try {
  return create_results_file(file, job, record::this_program());
} catch (const record::NoLocks&) {
  throw;
} catch (const Error& error) {
  const std::string_view problem = error.what();
  const fs::path folder = file.parent_path();
  throw Error(fmt::format("no results file can be written in {}", folder.string()),
              problem.substr(0, problem.find("). ") + 1), "Make room and give the right to write, or name a folder");
}

}  // namespace

std::vector<Finding> check_files(const fs::path& folder, const mpi::Communicator& comm) {
  const job::Job job = small_job(comm.size());
  std::optional<record::RunLock> lock;
  Removal removal;
  const fs::path file = comm.on_root([&] {
    const fs::path name = folder / fmt::format(".flatsweep-doctor-{}.h5", ::getpid());
    lock = create_file(name, job);
    removal.file = name;
    return name.string();
  });
  write_own_row(file, job, comm);
  const int intruders = count_intruders(file, comm);
  if (!comm.is_root()) return {};

  const int rows = count_rows(file);
  const std::string place = fs::absolute(folder).lexically_normal().string();
  return {
      rows == comm.size() ? finding(good, "MPI-IO", "every rank has written its row in {}", place)
                          : finding(wrong, "MPI-IO", "{} of {} rows got lost in {}. Use a folder that all hosts share",
                                    comm.size() - rows, comm.size(), place),
      intruders == 0 && lock->stops_other_programs() ? finding(good, "locks", "a second run is kept out in {}", place)
      : intruders == 0
          ? finding(
                note, "locks",
                "a second run is kept out in {}, but its file system has no locks that stop h5py and other programs. Let none write to the file of a sweep that runs",
                place)
          : finding(
                wrong, "locks",
                "two runs can write one file in {}, because its locks keep nobody out. Mount it with locks (Lustre: -o flock), or make sure that no file has two runs",
                place)};
}

std::vector<RankFacts> gather_facts(const mpi::Communicator& comm) {
  dense::library();  // is chosen at first use, which takes its time
  comm.barrier();
  return comm.gather(own_facts());
}

std::vector<Finding> check_stack(const Ranks& ranks) {
  return {check_mpi(ranks),     finding(good, "HDF5", "{}, parallel", record::hdf5_version()),
          check_binding(ranks), check_shared_memory(ranks),
          check_blas(ranks),    check_clocks(ranks)};
}

}  // namespace flatsweep::doctor
