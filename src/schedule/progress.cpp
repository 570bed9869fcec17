#include "flatsweep/schedule/progress.hpp"

#include <fmt/core.h>

#include <cmath>
#include <ostream>

namespace flatsweep::schedule {

std::string describe_duration(double seconds) {
  if (!(seconds < 365.0 * 86400.0)) return "> 1 year";
  const auto whole = std::llround(seconds);
  const auto minutes = whole / 60;
  const auto hours = minutes / 60;
  if (minutes == 0) return fmt::format("{}s", whole);
  if (hours == 0) return fmt::format("{}m{:02}s", minutes, whole % 60);
  if (hours < 24) return fmt::format("{}h{:02}m", hours, minutes % 60);
  return fmt::format("{}d{:02}h", hours / 24, hours % 24);
}

std::string describe(const Progress& progress) {
  const double share =
      progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : 1.0;
  const double rate =
      progress.elapsed_seconds > 0.0 ? static_cast<double>(progress.performed) / progress.elapsed_seconds : 0.0;
  const std::string rate_text = rate < 10.0 ? fmt::format("{:.2g}/s", rate) : fmt::format("{:.0f}/s", rate);
  const std::string time = progress.ended ? "in " + describe_duration(progress.elapsed_seconds)
                                          : "ETA " + describe_duration(progress.remaining_seconds);
  return fmt::format("{}/{} ({} %)  {}  {}  infeasible {}  inaccurate {}  failed {}  busy {:.0f} %", progress.done,
                     progress.total, static_cast<int>(100.0 * share), rate_text, time, progress.infeasible,
                     progress.inaccurate, progress.failed, 100.0 * progress.busy_share);
}

ProgressSink show_progress(std::ostream& out, bool terminal) {
  return [&out, terminal, written_at = 0.0](const Progress& progress) mutable {
    const double interval = terminal ? 0.2 : 30.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < written_at + interval) return;
    written_at = progress.elapsed_seconds;
    constexpr auto rewrite = "\r\x1b[K";  // to the start of the line, and clear it
    out << (terminal ? rewrite : "") << describe(progress) << (terminal && !progress.ended ? "" : "\n") << std::flush;
  };
}

ProgressSink show_progress_as_json(std::ostream& out) {
  return [&out, next_at = 0.0](const Progress& progress) mutable {
    constexpr double interval = 1.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < next_at) return;
    next_at = progress.elapsed_seconds + interval;
    out << fmt::format(R"({{"event": "{}", "total": {}, "done": {}, "performed": {}, "infeasible": {}, )"
                       R"("inaccurate": {}, "failed": {}, "elapsed_seconds": {:.3f}, "remaining_seconds": {:.3f}, )"
                       R"("busy_share": {:.4f}}})",
                       progress.ended ? "end" : "progress", progress.total, progress.done, progress.performed,
                       progress.infeasible, progress.inaccurate, progress.failed, progress.elapsed_seconds,
                       progress.remaining_seconds, progress.busy_share)
        << std::endl;
  };
}

ProgressSink quiet_progress() {
  return [](const Progress&) {};
}

}  // namespace flatsweep::schedule
