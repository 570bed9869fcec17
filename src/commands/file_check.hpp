#pragma once

#include <filesystem>
#include <vector>

#include "commands/finding.hpp"
#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::cli {

/// Whether all ranks can write one results file in this folder, and whether its locks keep a second run out:
/// by a small file that is removed again. Findings on rank 0; empty elsewhere.
/// @note Collective
std::vector<Finding> check_files(const std::filesystem::path& folder, const mpi::Communicator& comm);

}  // namespace flatsweep::cli
