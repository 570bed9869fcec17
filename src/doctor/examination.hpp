#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doctor/rank_facts.hpp"
#include "flatsweep/mpi/communicator.hpp"

/// The checks of `flatsweep doctor`.
namespace flatsweep::doctor {

/// The result of checking one part of the stack.
struct Finding {
  enum class Verdict { good, note, wrong };

  Verdict verdict;
  std::string subject;
  std::string text;  // what was found; if it is wrong, also what to do
};

/// Check the stack that a sweep would run on, with its results in `folder`.
/// @return the findings on rank 0; nothing elsewhere
/// @throws Error on rank 0 and mpi::RootFailed on the others if no results file can be created in `folder`
/// @note Collective
std::vector<Finding> examine(const std::filesystem::path& folder, const mpi::Communicator& comm);

/// Check MPI, HDF5, binding, shared memory, BLAS and clocks, by what the ranks see and rank 0's environment.
std::vector<Finding> check_stack(const std::vector<RankFacts>& ranks);

/// Check that all ranks can write one results file in `folder`, and that its locks keep a second run out, by
/// a small file that is removed afterwards.
/// @return the findings on rank 0; nothing elsewhere
/// @throws as examine()
/// @note Collective
std::vector<Finding> check_files(const std::filesystem::path& folder, const mpi::Communicator& comm);

}  // namespace flatsweep::doctor
