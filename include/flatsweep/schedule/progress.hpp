#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <limits>
#include <string>

namespace flatsweep::schedule {

/// The progress of a sweep, as the controller knows it.
struct Progress {
  std::uint64_t total = 0;         ///< configurations of this run, including those done by earlier runs
  std::uint64_t done = 0;          ///< configurations of any status but pending
  std::uint64_t performed = 0;     ///< configurations done by this run
  std::uint64_t infeasible = 0;    ///< configurations done without an interpolator
  std::uint64_t inaccurate = 0;    ///< configurations done with a certificate out of bounds
  std::uint64_t failed = 0;        ///< configurations that failed or crashed
  double elapsed_seconds = 0.0;    ///< wall-clock time of this run
  double remaining_seconds = 0.0;  ///< predicted by the cost model
  double busy_share = 0.0;         ///< share of the workers' time that they worked, in [0, 1]
  bool ended = false;              ///< true for the last call of a run
};

/// Called with the progress on rank 0, several times a second and once at the end.
using ProgressSink = std::function<void(const Progress&)>;

/// Return one line, e.g. `310/1000 (31 %)  elapsed 33s  ETA 1m12s  52/s  infeasible 3  failed 1  busy 98 %`. Counts of
/// 0 are left out, and so is what does not fit.
/// @param columns most characters of the line; the first part is there in any case
std::string describe(const Progress& progress, std::size_t columns = std::numeric_limits<std::size_t>::max());

/// Return a duration as `45s`, `3m07s`, `2h05m` or `4d03h`.
std::string describe_duration(double seconds);

/// Return a duration that is known roughly: `45 s`, `26 min`, `5 h` or `4 days`.
std::string describe_roughly(double seconds);

/// Returns the columns of a terminal, which may change.
using TerminalColumns = std::function<std::size_t()>;

/// Return a sink that writes lines to `out`: on a terminal one line that is rewritten and never wraps, else one line
/// every 30 s; in both cases a last one at the end.
/// @param out outlives the sink
/// @param columns empty if `out` is no terminal
ProgressSink show_progress(std::ostream& out, TerminalColumns columns);

/// Return a sink that writes lines of JSON to `out`: one at the start and one a second with `event` progress,
/// and a last one with `event` end; the other keys are the names of the members of Progress.
/// @param out outlives the sink
ProgressSink show_progress_as_json(std::ostream& out);

/// Return a sink that writes nothing.
ProgressSink quiet_progress();

}  // namespace flatsweep::schedule
