#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/report/summary.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "sweep/part.hpp"

/// What several commands share.
namespace flatsweep::cli {

/// Return an option for every key of a job file.
OptionGroup job_options();
/// Return the keys of the job file that the options replace.
std::vector<job::Override> job_overrides(const Options& options);
/// Return e.g. `117 MB`.
std::string describe_bytes(double bytes);
/// Return the options that pick a part of a job.
OptionGroup part_options();
/// Read the part of a job that the options pick.
/// @throws Error at the option
sweep::Part read_part(const Options& options);
/// Return what `--overwrite` says.
record::Existing existing(const Options& options);

/// Return the number that `--threads` gives, 1 if it is not given. @throws Error unless it is from 1 to 1024
int thread_count(const Options& options);
/// Let linear algebra use `threads` threads from now on.
/// @param warn say on stderr if that is not possible
void set_thread_count(int threads, bool warn = true);

/// @throws Error if writing `output` would destroy `input`, under whatever names
void require_distinct(const std::filesystem::path& output, const std::filesystem::path& input);

/// Return what tells the width of the terminal on which stderr ends, also through mpirun; empty if it ends on none.
schedule::TerminalColumns terminal_columns();

/// Return the columns for text on stdout: those of the terminal, from 60 to 100, and 100 if there is none.
std::size_t stdout_columns();

/// Return the summary of a results file, with the pace of the run that is at work on it.
/// @param running whether a run holds the file, asked before `reader` opened it: the last run may end meanwhile
report::Summary summary_of(const record::ResultsReader& reader, std::optional<bool> running);
/// Return `elapsed 3m07s  ETA 1m12s  52 rows/s`, as far as it is known.
std::string pace_text(const report::Summary& summary);

/// Run a command on every rank, from MPI's start to its end. If rank 0 throws, that is explained; if another
/// rank does, which is an internal error, all are aborted.
/// @return the exit code
ExitCode on_all_ranks(const std::function<ExitCode(const mpi::Communicator&)>& command);

}  // namespace flatsweep::cli
