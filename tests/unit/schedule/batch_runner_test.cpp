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
  return BatchRunner(
             work, stop, [&trace](const Report& report) { trace.take(report); }, told)
      .run(batch);
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
  CHECK(trace.settles == 3);
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
