#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "flatsweep/job/job.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/run_lock.hpp"

namespace flatsweep::record {

/// What merge_results() found.
struct MergeReport {
  std::uint64_t rows = 0;    ///< of the job
  std::uint64_t merged = 0;  ///< rows recorded in some shard; the others are pending
  std::uint64_t torn = 0;    ///< rows of shards that were left out, since their checksums do not fit
};

/// Write the rows of results files of one job to one new file, with their messages and rows of /runs; its provenance is
/// the first shard's. A row that several shards have must be the same in all. The memory does not grow with the number
/// of rows.
/// @pre at least one shard
/// @throws Error if a shard is no valid results file or of another job, if shards differ in a row, and as
///         create_results_file; then nothing is written
MergeReport merge_results(std::span<const std::filesystem::path> shards, const std::filesystem::path& file,
                          Existing existing = Existing::refuse);

/// A results file that has grown.
struct Extension {
  RunLock lock;              ///< on the file
  std::uint64_t copied = 0;  ///< rows that it had
};

/// Give FILE the grid of `job`, which has all configurations of FILE and more. A new file beside it gets FILE's rows,
/// as by reuse_rows, and takes its name: FILE is the old or the new one at any time.
/// @throws Error if FILE is no results file, or has configurations or settings that the job has not; and as
///         create_results_file. FILE stays untouched.
/// @throws FileInUse if another run holds it beyond `patience`
Extension extend_results_file(const std::filesystem::path& file, const job::Job& job, const Provenance& provenance,
                              const Patience& patience = {});

/// @throws Error if the rows of `old` are not rows of `job`: settings other than the axes differ, or the grids have no
///         configuration in common
void require_reusable(const ResultsReader& old, const job::Job& job);

/// Set the statuses of the job's configurations whose rows reuse_rows would copy.
/// @param statuses of all configurations of the job, by id
/// @throws Error as require_reusable
void add_reused(const ResultsReader& old, const job::Job& job, std::span<Status> statuses);

/// Copy rows of `old` that are solved, infeasible or inaccurate to the pending rows of the same configurations in FILE,
/// which has another grid; and its rows of /runs, since they made them.
/// @pre the caller holds FILE's RunLock and has no reader open on it; require_reusable
/// @return number of rows copied
/// @throws Error if FILE cannot be written; what was copied stays
std::uint64_t reuse_rows(const ResultsReader& old, const std::filesystem::path& file, const job::Job& job);

}  // namespace flatsweep::record
