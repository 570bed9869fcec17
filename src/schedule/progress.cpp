#include "flatsweep/schedule/progress.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

namespace flatsweep::schedule {
namespace {

constexpr std::string_view separator = "  ";

/// A part of a progress line; those of the largest dispensability are left out first.
struct Part {
  std::string text;
  int dispensability;
};

std::vector<Part> parts_of(const Progress& progress) {
  const double share =
      progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : 1.0;
  const double rate =
      progress.elapsed_seconds > 0.0 ? static_cast<double>(progress.performed) / progress.elapsed_seconds : 0.0;
  std::vector<Part> parts = {
      {fmt::format("{}/{} ({} %)", progress.done, progress.total, static_cast<int>(100.0 * share)), 0},
      {fmt::format("{} {}", progress.ended ? "in" : "elapsed", describe_duration(progress.elapsed_seconds)), 2}};
  if (!progress.ended) parts.push_back({"ETA " + describe_duration(progress.remaining_seconds), 1});
  parts.push_back({rate < 10.0 ? fmt::format("{:.2g}/s", rate) : fmt::format("{:.0f}/s", rate), 4});
  const auto add_count = [&](const char* name, std::uint64_t count, int dispensability) {
    if (count > 0) parts.push_back({fmt::format("{} {}", name, count), dispensability});
  };
  add_count("infeasible", progress.infeasible, 6);
  add_count("inaccurate", progress.inaccurate, 5);
  add_count("failed", progress.failed, 3);
  parts.push_back({fmt::format("busy {:.0f} %", 100.0 * progress.busy_share), 7});
  return parts;
}

}  // namespace

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

std::string describe_roughly(double seconds) {
  constexpr double minute = 60.0, hour = 3600.0, day = 86400.0;
  if (seconds < 90.0) return fmt::format("{:.0f} s", std::ceil(seconds));
  if (seconds < 90.0 * minute) return fmt::format("{:.0f} min", seconds / minute);
  if (seconds < 2.0 * day) return fmt::format("{:.0f} h", seconds / hour);
  return seconds < 365.0 * day ? fmt::format("{:.0f} days", seconds / day) : "more than a year";
}

std::string describe(const Progress& progress, std::size_t columns) {
  std::vector<Part> parts = parts_of(progress);
  const auto width = [&] {
    std::size_t sum = 0;
    for (const Part& part : parts) sum += part.text.size() + separator.size();
    return sum - separator.size();
  };
  while (parts.size() > 1 && width() > columns) parts.erase(std::ranges::max_element(parts, {}, &Part::dispensability));
  return fmt::format("{}", fmt::join(parts | std::views::transform(&Part::text), separator));
}

ProgressSink show_progress(std::ostream& out, TerminalColumns columns) {
  return [&out, columns = std::move(columns), written_at = 0.0](const Progress& progress) mutable {
    const bool terminal = columns != nullptr;
    const double interval = terminal ? 0.2 : 30.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < written_at + interval) return;
    written_at = progress.elapsed_seconds;
    constexpr auto rewrite = "\r\x1b[K";  // to the start of the line, and clear it
    // A character in the last column lets some terminals wrap.
    const std::string line = terminal ? rewrite + describe(progress, columns() - 1) : describe(progress);
    out << line << (terminal && !progress.ended ? "" : "\n") << std::flush;
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
