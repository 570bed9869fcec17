#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
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

/// Return one line, e.g. `310/1000 (31 %)  52/s  ETA 1m12s  infeasible 3  inaccurate 0  failed 0  busy 98 %`.
std::string describe(const Progress& progress);

/// Return a duration as `45s`, `3m07s`, `2h05m` or `4d03h`.
std::string describe_duration(double seconds);

/// Return a sink that writes lines to `out`: on a terminal one line that is rewritten, else one line every 30
/// s; in both cases a last one at the end.
/// @param out outlives the sink
ProgressSink show_progress(std::ostream& out, bool terminal);

/// Return a sink that writes lines of JSON to `out`: one at the start and one a second with `event` progress,
/// and a last one with `event` end; the other keys are the names of the members of Progress.
/// @param out outlives the sink
ProgressSink show_progress_as_json(std::ostream& out);

/// Return a sink that writes nothing.
ProgressSink quiet_progress();

}  // namespace flatsweep::schedule
