#include "schedule/batch_runner.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

namespace flatsweep::schedule {
namespace {

/// Work that remembers: rows performed and not yet settled, and what was reported.
struct Trace {
  std::uint64_t performed = 0;
  std::uint64_t unsettled = 0;
  int settles = 0;
  std::vector<Report> reports;
  bool reported_unsettled = false;
  std::function<void(ConfigurationId)> on_perform = [](ConfigurationId) {};

  Work work() {
    return {.perform =
                [this](ConfigurationId id) {
                  on_perform(id);
                  ++performed;
                  ++unsettled;
                  return Finished{id, Status::solved, 1e-3, ""};
                },
            .settle =
                [this] {
                  ++settles;
                  unsettled = 0;
                },
            .finished = nullptr};
  }

  void take(const Report& report) {
    reported_unsettled |= unsettled > 0;
    reports.push_back(report);
  }
};

bool run(Trace& trace, const Batch& batch, const StopRequest& stop, const std::function<bool()>& told) {
  const Work work = trace.work();
  BatchRunner runner(
      work, stop, [&trace](const Report& report) { trace.take(report); }, told);
  const bool done = runner.run(batch);
  runner.flush();
  CHECK_FALSE(runner.flush());
  return done;
}

}  // namespace

TEST_CASE("a batch is settled and then reported, in one report", "[schedule]") {
  Trace trace;
  CHECK(run(trace, {ConfigurationId{5}, 64}, {}, [] { return false; }));
  CHECK(trace.settles == 1);
  CHECK_FALSE(trace.reported_unsettled);
  REQUIRE(trace.reports.size() == 1);
  CHECK_FALSE(trace.reports[0].stopped);
  REQUIRE(trace.reports[0].finished.size() == 64);
  for (std::uint64_t i = 0; i < 64; ++i) CHECK(trace.reports[0].finished[i].id == ConfigurationId{5 + i});
}

TEST_CASE("configurations that take long are settled at once", "[schedule]") {
  Trace trace;
  trace.on_perform = [&trace](ConfigurationId) {
    CHECK(trace.unsettled == 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  };
  CHECK(run(trace, {ConfigurationId{0}, 3}, {}, [] { return false; }));
  CHECK(trace.settles >= 3);
}

TEST_CASE("what a long batch reports on its way is settled", "[schedule]") {
  Trace trace;
  trace.on_perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::milliseconds(30)); };
  CHECK(run(trace, {ConfigurationId{0}, 70}, {}, [] { return false; }));
  CHECK(trace.reports.size() == 2);
  CHECK_FALSE(trace.reported_unsettled);
}

TEST_CASE("batches that are reported together come in the order of their work", "[schedule]") {
  Trace trace;
  const Work work = trace.work();
  const StopRequest stop;
  BatchRunner runner(
      work, stop, [&trace](const Report& report) { trace.take(report); }, [] { return false; });
  for (std::uint64_t first : {640, 0, 64}) CHECK(runner.run({ConfigurationId{first}, 64}));
  runner.flush();
  CHECK_FALSE(trace.reported_unsettled);
  std::vector<std::uint64_t> reported;
  for (const Report& report : trace.reports)
    for (const Finished& finished : report.finished) reported.push_back(value(finished.id));
  REQUIRE(reported.size() == 192);
  CHECK(reported[0] == 640);
  CHECK(reported[64] == 0);
  CHECK(reported[191] == 127);
}

TEST_CASE("what was done before a stop is reported, and the rest left out", "[schedule]") {
  Trace trace;
  SECTION("the work is abandoned") {
    trace.on_perform = [](ConfigurationId id) {
      if (value(id) == 7) throw Stopped{};
    };
    CHECK_FALSE(run(trace, {ConfigurationId{0}, 10}, {}, [] { return false; }));
  }
  SECTION("a stop is requested on this rank") {
    std::atomic<bool> flag = false;
    trace.on_perform = [&flag](ConfigurationId id) { flag = value(id) == 6; };
    CHECK_FALSE(run(trace, {ConfigurationId{0}, 10}, StopRequest(flag), [] { return false; }));
  }
  SECTION("the controller says so") {
    trace.on_perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
    CHECK_FALSE(run(trace, {ConfigurationId{0}, 10}, {}, [&trace] { return trace.performed == 7; }));
  }
  CHECK(trace.performed == 7);
  CHECK_FALSE(trace.reported_unsettled);
  REQUIRE(trace.reports.size() == 1);
  CHECK(trace.reports[0].stopped);
  CHECK(trace.reports[0].finished.size() == 7);
}

TEST_CASE("an exception that is no stop passes through", "[schedule]") {
  Trace trace;
  trace.on_perform = [](ConfigurationId) { throw std::runtime_error("broken"); };
  CHECK_THROWS_AS(run(trace, {ConfigurationId{0}, 1}, {}, [] { return false; }), std::runtime_error);
}

}  // namespace flatsweep::schedule
