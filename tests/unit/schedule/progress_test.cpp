#include "flatsweep/schedule/progress.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

namespace flatsweep::schedule {
namespace {

Progress at(double elapsed_seconds, bool ended = false) {
  return {.total = 1000,
          .done = 310,
          .performed = 104,
          .infeasible = 3,
          .inaccurate = 2,
          .failed = 1,
          .elapsed_seconds = elapsed_seconds,
          .remaining_seconds = 72.0,
          .busy_share = 0.981,
          .ended = ended};
}

}  // namespace

TEST_CASE("durations are short to read", "[schedule]") {
  CHECK(describe_duration(0.2) == "0s");
  CHECK(describe_duration(59.4) == "59s");
  CHECK(describe_duration(59.6) == "1m00s");
  CHECK(describe_duration(187.0) == "3m07s");
  CHECK(describe_duration(7500.0) == "2h05m");
  CHECK(describe_duration(4 * 86400.0 + 3 * 3600.0) == "4d03h");
  CHECK(describe_duration(1e12) == "> 1 year");
}

TEST_CASE("a progress line has all that is asked for", "[schedule]") {
  CHECK(describe(at(2.0)) == "310/1000 (31 %)  52/s  ETA 1m12s  infeasible 3  inaccurate 2  failed 1  busy 98 %");
  CHECK(describe(at(208.0, true)) ==
        "310/1000 (31 %)  0.5/s  in 3m28s  infeasible 3  inaccurate 2  failed 1  busy 98 %");
  CHECK(describe(Progress{}) == "0/0 (100 %)  0/s  ETA 0s  infeasible 0  inaccurate 0  failed 0  busy 0 %");
}

TEST_CASE("on a terminal one line is rewritten, elsewhere there is a line every 30 s", "[schedule]") {
  const auto lines = [](bool terminal) {
    std::ostringstream out;
    const ProgressSink sink = show_progress(out, terminal);
    for (int tenths = 0; tenths < 650; ++tenths) sink(at(0.1 * tenths));
    sink(at(65.0, true));
    const std::string text = out.str();
    return std::pair(std::ranges::count(text, '\n'), std::ranges::count(text, '\r'));
  };
  CHECK(lines(false) == std::pair(3L, 0L));
  const auto [newlines, rewrites] = lines(true);
  CHECK(newlines == 1);
  CHECK(rewrites > 200);
}

TEST_CASE("as JSON there is a line at the start, one a second and one at the end", "[schedule]") {
  std::ostringstream out;
  const ProgressSink sink = show_progress_as_json(out);
  for (int tenths = 0; tenths < 50; ++tenths) sink(at(0.1 * tenths));
  CHECK(std::ranges::count(out.str(), '\n') == 5);
  out.str("");
  sink(at(4.95, true));
  CHECK(out.str() ==
        R"({"event": "end", "total": 1000, "done": 310, "performed": 104, "infeasible": 3, "inaccurate": 2, )"
        R"("failed": 1, "elapsed_seconds": 4.950, "remaining_seconds": 72.000, "busy_share": 0.9810})"
        "\n");
}

TEST_CASE("quiet is quiet", "[schedule]") { CHECK_NOTHROW(quiet_progress()(at(1.0, true))); }

}  // namespace flatsweep::schedule
