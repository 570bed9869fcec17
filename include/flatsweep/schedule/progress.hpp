#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>

namespace flatsweep::schedule {

/// How far a sweep is, as the controller sees it.
struct Progress {
  std::uint64_t total = 0;         ///< configurations of this run, those done by earlier runs included
  std::uint64_t done = 0;          ///< of them, whatever their status
  std::uint64_t performed = 0;     ///< by this run
  std::uint64_t infeasible = 0;    ///< of those done
  std::uint64_t inaccurate = 0;    ///< of those done
  std::uint64_t failed = 0;        ///< failed and crashed
  double elapsed_seconds = 0.0;    ///< wall-clock, of this run
  double remaining_seconds = 0.0;  ///< by the cost model
  double busy_share = 0.0;         ///< of the workers' time so far, in [0, 1]
  bool ended = false;              ///< the last one of this run
};

/// Hears of the progress on rank 0 several times a second, and once at the end.
using ProgressSink = std::function<void(const Progress&)>;

/// One line, e.g. `310/1000 (31 %)  52/s  ETA 1m12s  infeasible 3  inaccurate 0  failed 0  busy 98 %`.
std::string describe(const Progress& progress);

/// `45s`, `3m07s`, `2h05m`, `4d03h`.
std::string describe_duration(double seconds);

/// Lines on `out`: on a terminal one that is rewritten, else one every 30 s; always a last one.
/// @param out outlives the sink
ProgressSink show_progress(std::ostream& out, bool terminal);

/// Lines of JSON on `out`: one at the start and one a second with `event` progress, a last one with `event`
/// end, and the numbers of Progress under their names.
/// @param out outlives the sink
ProgressSink show_progress_as_json(std::ostream& out);

/// Says nothing.
ProgressSink quiet_progress();

}  // namespace flatsweep::schedule
