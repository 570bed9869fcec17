#pragma once

#include <chrono>
#include <filesystem>

#include "flatsweep/job/job.hpp"
#include "flatsweep/record/new_file.hpp"
#include "flatsweep/record/provenance.hpp"
#include "flatsweep/record/run_lock.hpp"

namespace flatsweep::record {

/// Writes the skeleton of a results file: every object at full size, no row. Serial, to FILE.tmp, then synced
/// and renamed, so that FILE is never half-written; two processes that do it at once do not disturb each
/// other.
/// @return the lock on the new file
/// @throws Error where FILE exists, or where the directory, its permissions or the free space do not allow it
/// @throws FileInUse where a run holds the FILE to overwrite, or another process is creating it
RunLock create_results_file(const std::filesystem::path& file, const job::Job& job,
                            const Provenance& provenance, Existing existing = Existing::refuse,
                            std::chrono::milliseconds patience = RunLock::default_patience);

/// Makes FILE this run's: one of the same job is continued, an absent one created. On rank 0 only, before the
/// ResultsWriter opens it on all.
/// @throws Error where FILE is of another job or no sound results file (it stays untouched), and as above
/// @throws FileInUse where another run holds it
RunLock claim_results_file(const std::filesystem::path& file, const job::Job& job,
                           const Provenance& provenance,
                           std::chrono::milliseconds patience = RunLock::default_patience);

}  // namespace flatsweep::record
