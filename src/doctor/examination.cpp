#include "doctor/examination.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"

namespace flatsweep::doctor {
namespace {

using Ranks = std::vector<RankFacts>;
using Verdict = Finding::Verdict;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// {4, 1, 4} of `Open MPI v4.1.4`; nothing for another library.
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
    return {
        Verdict::wrong, "MPI",
        fmt::format(
            "{}: one rank, but Slurm started {} tasks. Start with srun --mpi=pmix, or with mpirun in the allocation",
            library, tasks)};
  const std::string started = fmt::format("{}, {} {}", library, ranks.size(), ranks.size() == 1 ? "rank" : "ranks");
  const auto version = open_mpi_version(library);
  if (!version) return {Verdict::note, "MPI", started + "; flatsweep is tested with Open MPI"};
  const bool corrupts = *version < std::array{4, 1, 7} || ((*version)[0] == 5 && *version < std::array{5, 0, 6});
  if (!corrupts) return {Verdict::good, "MPI", started};
  return {Verdict::note, "MPI",
          started + "; collective writes of this version can corrupt data, flatsweep's are independent"};
}

Finding check_hdf5() { return {Verdict::good, "HDF5", record::hdf5_version() + ", parallel"}; }

/// Ranks that work on one host, i.e. all but the controller, which sleeps.
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
        return {
            Verdict::wrong, "binding",
            fmt::format(
                "{} workers of {} are bound to the same {} of {} cores. Start with mpirun --bind-to none, or give the job more cores",
                sharing, host, CPU_COUNT(&worker->cpus), online)};
    }
    if (static_cast<int>(workers.size()) > CPU_COUNT(&all))
      return {Verdict::note, "binding",
              fmt::format("{} workers share the {} cores of {}; more than one worker a core gains nothing",
                          workers.size(), CPU_COUNT(&all), host)};
  }
  return {Verdict::good, "binding", "every worker has a core"};
}

Finding check_shared_memory(const Ranks& ranks) {
  constexpr double bytes_per_rank = 16e6;
  std::map<std::string, int> ranks_on;
  for (const RankFacts& rank : ranks) ++ranks_on[rank.host];
  for (const RankFacts& rank : ranks)
    if (rank.shared_memory_bytes < bytes_per_rank * ranks_on[rank.host])
      return {
          Verdict::wrong, "shared memory",
          fmt::format(
              "less than 16 MB a rank are free on {} for messages between its ranks, which die by SIGBUS if it is full. Enlarge /dev/shm, or set OMPI_MCA_btl_vader_backing_directory to a folder with room",
              rank.host)};
  return {Verdict::good, "shared memory", "there is room for messages between ranks"};
}

Finding check_blas(const Ranks& ranks) {
  std::set<std::string> libraries;
  for (const RankFacts& rank : ranks) {
    if (!rank.blas_problem.empty())
      return {
          Verdict::wrong, "BLAS",
          fmt::format(
              "{} ({}), so that Eigen's are used. Set OPENBLAS_CORETYPE to SKYLAKEX, ZEN or HASWELL, whichever the CPU is closest to, or FLATSWEEP_BLAS=eigen to keep it so",
              rank.blas_problem, rank.host)};
    libraries.insert(rank.blas);
  }
  if (libraries.size() > 1)
    return {Verdict::note, "BLAS",
            fmt::format("ranks differ ({}; {}), so that a run on other hosts gives other last bits", *libraries.begin(),
                        *libraries.rbegin())};
  return {Verdict::good, "BLAS", *libraries.begin()};
}

Finding check_clocks(const Ranks& ranks) {
  const auto [first, last] = std::ranges::minmax(ranks, {}, &RankFacts::unix_seconds);
  const double seconds = last.unix_seconds - first.unix_seconds;
  if (seconds > 5.0)
    return {
        Verdict::wrong, "clocks",
        fmt::format(
            "{} and {} differ by {} s, and each rank follows its own for --deadline. Set them by NTP, or use --time-limit",
            first.host, last.host, static_cast<int>(seconds))};
  return {Verdict::good, "clocks", "all hosts agree"};
}

}  // namespace

std::vector<Finding> check_stack(const Ranks& ranks) {
  return {check_mpi(ranks),           check_hdf5(),      check_binding(ranks),
          check_shared_memory(ranks), check_blas(ranks), check_clocks(ranks)};
}

std::vector<Finding> examine(const std::filesystem::path& folder, const mpi::Communicator& comm) {
  const std::vector<RankFacts> ranks = gather_facts(comm);
  std::vector<Finding> findings;
  if (comm.is_root()) findings = check_stack(ranks);
  std::ranges::move(check_files(folder, comm), std::back_inserter(findings));
  return findings;
}

}  // namespace flatsweep::doctor
