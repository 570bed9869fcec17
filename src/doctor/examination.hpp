#pragma once

#include <sched.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"

/// The checks of `flatsweep doctor`.
namespace flatsweep::doctor {

/// What a rank sees of the stack that it runs on.
struct RankFacts {
  std::string host;
  cpu_set_t cpus;                    // that it may run on
  int cores_online = 1;              // of its host
  double unix_seconds = 0.0;         // by its host's clock
  double shared_memory_bytes = 0.0;  // free for the messages between ranks of its host
  std::string blas;                  // library of the dense kernels
  std::string blas_problem;          // why that is not OpenBLAS, although it is linked
  bool blas_errs = false;            // whether it is since OpenBLAS computes wrong products

  /// List the members for mpi::pack().
  static auto members(auto& self) {
    return std::tie(self.host, self.cpus, self.cores_online, self.unix_seconds, self.shared_memory_bytes, self.blas,
                    self.blas_problem, self.blas_errs);
  }
};

/// Return the facts of all ranks on rank 0; nothing elsewhere.
/// @note Collective
std::vector<RankFacts> gather_facts(const mpi::Communicator& comm);

/// The result of checking one part of the stack.
struct Finding {
  enum class Verdict { good, note, wrong };

  Verdict verdict;
  std::string subject;
  std::string text;  // what was found; if it is wrong, also what to do
};

/// Check that all ranks can write one results file in `folder`, and that its locks keep a second run out, by
/// a small file that is removed afterwards.
/// @return the findings on rank 0; nothing elsewhere
/// @throws Error on rank 0 and mpi::RootFailed on the others if no results file can be created in `folder`
/// @note Collective
std::vector<Finding> check_files(const std::filesystem::path& folder, const mpi::Communicator& comm);

/// Check MPI, HDF5, binding, shared memory, BLAS and clocks, by what the ranks see and rank 0's environment.
std::vector<Finding> check_stack(const std::vector<RankFacts>& ranks);

}  // namespace flatsweep::doctor
