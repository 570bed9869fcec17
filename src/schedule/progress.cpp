#include "flatsweep/schedule/progress.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <ostream>

namespace flatsweep::schedule {
namespace {

template <typename... Numbers>
std::string format(const char* pattern, Numbers... numbers) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), pattern, numbers...);
  return text.data();
}

std::string describe_rate(double per_second) {
  return format(per_second < 10.0 ? "%.2g/s" : "%.0f/s", per_second);
}

class LineWriter {
 public:
  LineWriter(std::ostream& out, bool terminal) : out_(out), terminal_(terminal) {}

  void operator()(const Progress& progress) {
    const double interval = terminal_ ? 0.2 : 30.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < written_at_ + interval) return;
    written_at_ = progress.elapsed_seconds;
    constexpr auto rewrite = "\r\x1b[K";  // to the start of the line, and clear it
    out_ << (terminal_ ? rewrite : "") << describe(progress) << (terminal_ && !progress.ended ? "" : "\n");
    out_.flush();
  }

 private:
  std::ostream& out_;
  bool terminal_;
  double written_at_ = 0.0;
};

class JsonWriter {
 public:
  explicit JsonWriter(std::ostream& out) : out_(out) {}

  void operator()(const Progress& progress) {
    constexpr double interval = 1.0;  // seconds
    if (!progress.ended && progress.elapsed_seconds < next_at_) return;
    next_at_ = progress.elapsed_seconds + interval;
    out_ << R"({"event": ")" << (progress.ended ? "end" : "progress") << R"(", "total": )" << progress.total
         << R"(, "done": )" << progress.done << R"(, "performed": )" << progress.performed
         << R"(, "infeasible": )" << progress.infeasible << R"(, "inaccurate": )" << progress.inaccurate
         << R"(, "failed": )" << progress.failed << R"(, "elapsed_seconds": )"
         << format("%.3f", progress.elapsed_seconds) << R"(, "remaining_seconds": )"
         << format("%.3f", progress.remaining_seconds) << R"(, "busy_share": )"
         << format("%.4f", progress.busy_share) << "}" << std::endl;
  }

 private:
  std::ostream& out_;
  double next_at_ = 0.0;
};

}  // namespace

std::string describe_duration(double seconds) {
  if (!(seconds < 365.0 * 86400.0)) return "> 1 year";
  const auto whole = std::llround(seconds);
  const auto minutes = whole / 60;
  const auto hours = minutes / 60;
  if (minutes == 0) return format("%llds", whole);
  if (hours == 0) return format("%lldm%02llds", minutes, whole % 60);
  if (hours < 24) return format("%lldh%02lldm", hours, minutes % 60);
  return format("%lldd%02lldh", hours / 24, hours % 24);
}

std::string describe(const Progress& progress) {
  const double share =
      progress.total > 0 ? static_cast<double>(progress.done) / static_cast<double>(progress.total) : 1.0;
  const double rate = progress.elapsed_seconds > 0.0
                          ? static_cast<double>(progress.performed) / progress.elapsed_seconds
                          : 0.0;
  const std::string time = progress.ended ? "in " + describe_duration(progress.elapsed_seconds)
                                          : "ETA " + describe_duration(progress.remaining_seconds);
  return std::to_string(progress.done) + "/" + std::to_string(progress.total) +
         format(" (%d %%)  ", static_cast<int>(100.0 * share)) + describe_rate(rate) + "  " + time +
         "  infeasible " + std::to_string(progress.infeasible) + "  inaccurate " +
         std::to_string(progress.inaccurate) + "  failed " + std::to_string(progress.failed) +
         format("  busy %.0f %%", 100.0 * progress.busy_share);
}

ProgressSink show_progress(std::ostream& out, bool terminal) { return LineWriter(out, terminal); }

ProgressSink show_progress_as_json(std::ostream& out) { return JsonWriter(out); }

ProgressSink quiet_progress() {
  return [](const Progress&) {};
}

}  // namespace flatsweep::schedule
