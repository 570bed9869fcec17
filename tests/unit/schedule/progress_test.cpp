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

TEST_CASE("rough durations have one unit", "[schedule]") {
  CHECK(describe_roughly(0.2) == "1 s");
  CHECK(describe_roughly(59.4) == "60 s");
  CHECK(describe_roughly(26.2 * 60) == "26 min");
  CHECK(describe_roughly(5.2 * 3600) == "5 h");
  CHECK(describe_roughly(4.1 * 86400) == "4 days");
  CHECK(describe_roughly(1e12) == "more than a year");
}

TEST_CASE("a progress line has all that is asked for, but no counts of 0", "[schedule]") {
  CHECK(describe(at(2.0)) ==
        "310/1000 (31 %)  elapsed 2s  ETA 1m12s  52/s  infeasible 3  inaccurate 2  failed 1  busy 98 %");
  CHECK(describe(at(208.0, true)) ==
        "310/1000 (31 %)  in 3m28s  0.5/s  infeasible 3  inaccurate 2  failed 1  busy 98 %");
  CHECK(describe(Progress{}) == "0/0 (100 %)  elapsed 0s  ETA 0s  0/s  busy 0 %");
}

TEST_CASE("a progress line leaves out what does not fit, failures and the time left last", "[schedule]") {
  CHECK(describe(at(2.0), 79) == "310/1000 (31 %)  elapsed 2s  ETA 1m12s  52/s  inaccurate 2  failed 1");
  CHECK(describe(at(2.0), 39) == "310/1000 (31 %)  elapsed 2s  ETA 1m12s");
  CHECK(describe(at(2.0), 30) == "310/1000 (31 %)  ETA 1m12s");
  CHECK(describe(at(2.0), 3) == "310/1000 (31 %)");
  for (std::size_t columns = 15; columns < 120; ++columns) CHECK(describe(at(208.0), columns).size() <= columns);
}

TEST_CASE("on a terminal one line is rewritten, elsewhere there is a line every 30 s", "[schedule]") {
  const auto shown = [](const TerminalColumns& columns) {
    std::ostringstream out;
    const ProgressSink sink = show_progress(out, columns);
    for (int tenths = 0; tenths < 650; ++tenths) sink(at(0.1 * tenths));
    sink(at(65.0, true));
    return out.str();
  };
  const std::string log = shown(nullptr);
  CHECK(std::ranges::count(log, '\n') == 3);
  CHECK(std::ranges::count(log, '\r') == 0);
  std::size_t columns = 0;  // asked for each time, since a window may be resized
  const std::string terminal = shown([&columns] { return columns = columns == 40 ? 80 : 40; });
  CHECK(std::ranges::count(terminal, '\n') == 1);
  CHECK(std::ranges::count(terminal, '\r') > 200);
  CHECK(terminal.find("busy") == std::string::npos);
  CHECK(terminal.find("failed 1") != std::string::npos);  // at 80
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
