#pragma once

#include <cstdint>
#include <filesystem>

#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::record {

/// @throws Error where the rows of `old` are not rows of `job`: settings other than the axes differ, or the
///         grids share no configuration
void require_reusable(const ResultsReader& old, const job::Job& job);

/// Copies rows of `old` that are solved, infeasible or inaccurate to the pending rows of the same
/// configurations in FILE, of another grid; and its rows of /runs, since they made them.
/// @pre the caller holds FILE's RunLock; require_reusable
/// @return how many were copied
/// @throws Error where FILE cannot be written; what was copied stays
std::uint64_t reuse_rows(const ResultsReader& old, const std::filesystem::path& file, const job::Job& job);

}  // namespace flatsweep::record
