#include "doctor/examination.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "flatsweep/mpi/environment.hpp"
#include "flatsweep/record/provenance.hpp"

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
  const int read =
      std::sscanf(library.c_str(), "Open MPI v%d.%d.%d", version.data(), &version[1], &version[2]);
  return read == 3 ? std::optional(version) : std::nullopt;
}

Finding check_mpi(const Ranks& ranks) {
  const std::string library = mpi::library_version();
  const std::string size = std::to_string(ranks.size()) + (ranks.size() == 1 ? " rank" : " ranks");
  const std::string tasks = variable("SLURM_NTASKS");
  const bool alone_in_step = ranks.size() == 1 && !variable("SLURM_STEP_ID").empty() && !tasks.empty() &&
                             tasks != "1" && variable("OMPI_COMM_WORLD_SIZE").empty();
  if (alone_in_step)
    return {Verdict::wrong, "MPI",
            library + ": one rank where Slurm started " + tasks +
                " tasks. Start with srun --mpi=pmix, or with mpirun in the allocation"};
  const auto version = open_mpi_version(library);
  if (!version) return {Verdict::note, "MPI", library + ", " + size + "; flatsweep is tested with Open MPI"};
  const bool corrupts =
      *version < std::array{4, 1, 7} || ((*version)[0] == 5 && *version < std::array{5, 0, 6});
  return {corrupts ? Verdict::note : Verdict::good, "MPI",
          library + ", " + size +
              (corrupts ? "; collective writes of this version can corrupt data, flatsweep's are independent"
                        : "")};
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
        return {Verdict::wrong, "binding",
                std::to_string(sharing) + " workers of " + host + " are bound to the same " +
                    std::to_string(CPU_COUNT(&worker->cpus)) + " of " + std::to_string(online) +
                    " cores. Start with mpirun --bind-to none, or give the job more cores"};
    }
    if (static_cast<int>(workers.size()) > CPU_COUNT(&all))
      return {Verdict::note, "binding",
              std::to_string(workers.size()) + " workers share the " + std::to_string(CPU_COUNT(&all)) +
                  " cores of " + host + "; more than a worker a core gain nothing"};
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
          "less than 16 MB a rank are free on " + rank.host +
              " for messages between its ranks, which die by SIGBUS where it is full. Enlarge /dev/shm, or set OMPI_MCA_btl_vader_backing_directory to a folder with room"};
  return {Verdict::good, "shared memory", "there is room for messages between ranks"};
}

Finding check_blas(const Ranks& ranks) {
  std::set<std::string> libraries;
  for (const RankFacts& rank : ranks) {
    if (!rank.blas_problem.empty())
      return {
          Verdict::wrong, "BLAS",
          rank.blas_problem + " (" + rank.host +
              "), so that Eigen's are used. Set OPENBLAS_CORETYPE to SKYLAKEX, ZEN or HASWELL, whichever the CPU is closest to, or FLATSWEEP_BLAS=eigen to keep it so"};
    libraries.insert(rank.blas);
  }
  if (libraries.size() > 1)
    return {Verdict::note, "BLAS",
            "ranks differ (" + *libraries.begin() + "; " + *libraries.rbegin() +
                "), so that a run on other hosts gives other last bits"};
  return {Verdict::good, "BLAS", *libraries.begin()};
}

Finding check_clocks(const Ranks& ranks) {
  const auto [first, last] = std::ranges::minmax(ranks, {}, &RankFacts::unix_seconds);
  const double seconds = last.unix_seconds - first.unix_seconds;
  if (seconds > 5.0)
    return {Verdict::wrong, "clocks",
            first.host + " and " + last.host + " differ by " + std::to_string(static_cast<int>(seconds)) +
                " s, and each rank meets --deadline by its own. Set them by NTP, or use --time-limit"};
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
