#include "schedule/batch_runner.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>

#include "id.hpp"
#include "manual_clock.hpp"

namespace flatsweep::schedule {
namespace {

using namespace std::chrono_literals;

/// Counts the rows that are performed and not yet flushed, and keeps what was reported. Time passes only in
/// `on_perform`.
struct Trace {
  test::ManualClock clock;
  std::uint64_t performed = 0;
  std::uint64_t unflushed = 0;
  int flushes = 0;
  std::vector<Report> reports;
  bool reported_unflushed = false;
  std::function<void(ConfigurationId)> on_perform = [](ConfigurationId) {};
  std::function<bool()> stop_received = [] { return false; };
  StopRequest stop;

  const Work work{.perform =
                      [this](ConfigurationId id) {
                        on_perform(id);
                        ++performed;
                        ++unflushed;
                        return Finished{id, Status::solved, 1e-3, ""};
                      },
                  .flush =
                      [this] {
                        ++flushes;
                        unflushed = 0;
                      },
                  .finished = nullptr};

  BatchRunner runner() {
    const auto deliver = [this](const Report& report) {
      reported_unflushed |= unflushed > 0;
      reports.push_back(report);
    };
    return {work, stop, deliver, [this] { return stop_received(); }, clock.now()};
  }

  void take_each(std::chrono::nanoseconds time) {
    on_perform = [this, time](ConfigurationId) { clock.advance(time); };
  }
};

/// Run one batch and report the rest. @return false if it was stopped
bool run(Trace& trace, const Batch& batch) {
  BatchRunner runner = trace.runner();
  const bool done = runner.run(batch);
  runner.report();
  CHECK_FALSE(runner.report());
  return done;
}

}  // namespace

TEST_CASE("a batch is flushed and then reported, in one report", "[schedule]") {
  Trace trace;
  trace.take_each(100us);
  CHECK(run(trace, {id(5), 64}));
  CHECK(trace.flushes == 1);
  CHECK_FALSE(trace.reported_unflushed);
  REQUIRE(trace.reports.size() == 1);
  CHECK_FALSE(trace.reports[0].stopped);
  REQUIRE(trace.reports[0].finished.size() == 64);
  for (std::uint64_t i = 0; i < 64; ++i) CHECK(trace.reports[0].finished[i].id == id(5 + i));
}

TEST_CASE("configurations that take long are flushed at once", "[schedule]") {
  Trace trace;
  trace.on_perform = [&trace](ConfigurationId) {
    CHECK(trace.unflushed == 0);
    trace.clock.advance(60ms);
  };
  CHECK(run(trace, {id(0), 3}));
  CHECK(trace.flushes == 4);  // one each, and one with the report
}

TEST_CASE("a long batch is reported every two seconds, after its rows were flushed", "[schedule]") {
  Trace trace;
  trace.take_each(30ms);
  CHECK(run(trace, {id(0), 64}));
  CHECK(trace.reports.size() == 1);
  trace.reports.clear();
  CHECK(run(trace, {id(0), 70}));
  REQUIRE(trace.reports.size() == 2);
  CHECK(trace.reports[0].finished.size() == 67);
  CHECK_FALSE(trace.reported_unflushed);
}

TEST_CASE("batches that end within 2 ms are reported together, in the order of their work", "[schedule]") {
  Trace trace;
  BatchRunner runner = trace.runner();
  for (std::uint64_t first : {640, 0, 64}) {
    CHECK(trace.reports.empty());
    trace.on_perform = [&trace, first](ConfigurationId at) {
      if (first == 64 && at == id(127)) trace.clock.advance(2ms);
    };
    CHECK(runner.run({id(first), 64}));
  }
  CHECK_FALSE(trace.reported_unflushed);
  REQUIRE(trace.reports.size() == 1);
  const std::vector<Finished>& reported = trace.reports[0].finished;
  REQUIRE(reported.size() == 192);
  CHECK(reported[0].id == id(640));
  CHECK(reported[64].id == id(0));
  CHECK(reported[191].id == id(127));
}

TEST_CASE("the controller's messages are looked at once a millisecond at most", "[schedule]") {
  Trace trace;
  int looks = 0;
  trace.stop_received = [&looks] {
    ++looks;
    return false;
  };
  trace.take_each(300us);
  CHECK(run(trace, {id(0), 64}));
  CHECK(looks == 15);
}

TEST_CASE("what was done before a stop is reported, and the rest left out", "[schedule]") {
  Trace trace;
  std::atomic<bool> flag = false;
  SECTION("the work is abandoned") {
    trace.on_perform = [](ConfigurationId at) {
      if (at == id(7)) throw Stopped{};
    };
  }
  SECTION("a stop is requested on this rank") {
    trace.stop = StopRequest(flag);
    trace.on_perform = [&flag](ConfigurationId at) { flag = at == id(6); };
  }
  SECTION("the controller asks for it") {
    trace.take_each(2ms);
    trace.stop_received = [&trace] { return trace.performed == 7; };
  }
  CHECK_FALSE(run(trace, {id(0), 10}));
  CHECK(trace.performed == 7);
  CHECK_FALSE(trace.reported_unflushed);
  REQUIRE(trace.reports.size() == 1);
  CHECK(trace.reports[0].stopped);
  CHECK(trace.reports[0].finished.size() == 7);
}

TEST_CASE("an exception that is no stop passes through", "[schedule]") {
  Trace trace;
  trace.on_perform = [](ConfigurationId) { throw std::runtime_error("broken"); };
  CHECK_THROWS_AS(run(trace, {id(0), 1}), std::runtime_error);
}

}  // namespace flatsweep::schedule
