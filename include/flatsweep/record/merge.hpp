#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record {

/// What merge_results() found.
struct MergeReport {
  std::uint64_t rows = 0;    ///< of the job
  std::uint64_t merged = 0;  ///< of them recorded in some shard; the others are pending
  std::uint64_t torn = 0;    ///< rows of shards that were left out, since their checksums do not fit
};

/// Writes the rows of results files of one job to one new file, with their messages and rows of /runs; its
/// provenance is the first shard's. Where shards share a row, it must be the same in all. Memory is constant.
/// @pre at least one shard
/// @throws Error where a shard is no sound results file or of another job, where shards differ in a row, and
///         as create_results_file; then nothing is written
MergeReport merge_results(std::span<const std::filesystem::path> shards, const std::filesystem::path& file,
                          Existing existing = Existing::refuse);

}  // namespace flatsweep::record
