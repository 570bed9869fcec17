#include "schedule/controller.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "id.hpp"
#include "manual_clock.hpp"

namespace flatsweep::schedule {
namespace {

Report done(const Batch& batch, std::uint64_t count, Status status = Status::solved) {
  Report report;
  for (std::uint64_t i = 0; i < count; ++i) report.finished.push_back({batch[i], status, 1e-3, ""});
  return report;
}

Controller controller_of(Ledger& ledger, double seconds, std::size_t workers,
                         ProgressSink progress = quiet_progress()) {
  const std::vector<Section> sections = {{id(0), ledger.size(), seconds, 0}};
  return {ledger, sections, workers, nullptr, std::move(progress), std::nullopt};
}

}  // namespace

TEST_CASE("a worker has as many short batches in flight as keep it busy for 8 ms", "[schedule]") {
  Ledger ledger(1'000'000);
  constexpr double seconds = 5e-6;
  Controller controller = controller_of(ledger, seconds, 2);
  std::uint64_t in_flight = 0;
  while (const auto batch = controller.assign(0)) {
    CHECK(batch->count == Policy::largest_batch);
    in_flight += batch->count;
  }
  CHECK(static_cast<double>(in_flight) * seconds >= 8e-3);
  CHECK(static_cast<double>(in_flight - Policy::largest_batch) * seconds < 8e-3);
}

TEST_CASE("a worker has at most two long batches in flight", "[schedule]") {
  Ledger ledger(10'000);
  Controller controller = controller_of(ledger, 1e-3, 2);
  const auto first = controller.assign(0);
  const auto second = controller.assign(0);
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(controller.assign(0));
  controller.accept(0, done(*first, first->count - 1));
  CHECK_FALSE(controller.assign(0));
  controller.accept(0, done({(*first)[first->count - 1], 1}, 1));
  CHECK(controller.assign(0));
  CHECK(controller.ending().performed == first->count);
}

TEST_CASE("all batches of a worker that stopped are released, and the run ends early", "[schedule]") {
  Ledger ledger(1000);
  Controller controller = controller_of(ledger, 1e-3, 2);
  const Batch stopped = *controller.assign(0);
  controller.assign(0);
  const Batch other = *controller.assign(1);
  Report report = done(stopped, 3);
  report.stopped = true;
  controller.accept(0, report);
  CHECK(controller.stopping());
  CHECK_FALSE(controller.idle());
  CHECK_FALSE(controller.assign(0));
  controller.accept(1, done(other, other.count));
  CHECK(controller.idle());
  CHECK(ledger.in_flight() == 0);
  CHECK(controller.ending() == Ending{true, 3 + other.count});
  CHECK(ledger.open() == 1000 - 3 - other.count);
}

TEST_CASE("a stop after the last configuration is not early", "[schedule]") {
  Ledger ledger(1);
  Controller controller = controller_of(ledger, 1.0, 1);
  const Batch batch = *controller.assign(0);
  controller.request_stop();
  controller.accept(0, done(batch, 1));
  CHECK(controller.idle());
  CHECK(controller.ending() == Ending{false, 1});
}

TEST_CASE("work that would end after the deadline is not assigned", "[schedule]") {
  using namespace std::chrono_literals;
  test::ManualClock clock;
  Ledger ledger(10);
  const auto deadline = clock.now()() + 90s;
  Controller controller(ledger, {{id(0), 10, 60.0, 0}}, 2, nullptr, quiet_progress(), deadline, clock.now());
  CHECK(controller.assign(0));
  clock.advance(31s);
  CHECK_FALSE(controller.assign(1));
  controller.accept(0, done({id(0), 1}, 1));
  CHECK(controller.idle());
  CHECK(controller.ending() == Ending{true, 1});
}

TEST_CASE("the backlog of a worker shortens the time that is left before the deadline", "[schedule]") {
  using namespace std::chrono_literals;
  for (const auto left : {1999s, 2001s}) {
    Ledger ledger(100);
    const test::ManualClock clock;
    const auto deadline = clock.now()() + left;
    Controller controller(ledger, {{id(0), 100, 1000.0, 0}}, 1, nullptr, quiet_progress(), deadline, clock.now());
    CHECK(controller.assign(0));
    CHECK(controller.assign(0).has_value() == (left > 2000s));
  }
}

TEST_CASE("a report of what is not in flight on that worker breaks the contract", "[schedule]") {
  Ledger ledger(1000);
  Controller controller = controller_of(ledger, 1e-3, 2);
  const Batch batch = *controller.assign(0);
  CHECK_THROWS_AS(controller.accept(1, done(batch, 1)), ContractViolation);
  CHECK_THROWS_AS(controller.accept(0, done({batch[1], 1}, 1)), ContractViolation);
}

TEST_CASE("progress counts what is done, by earlier runs too", "[schedule]") {
  Ledger ledger(std::vector<Status>{Status::pending, Status::pending, Status::solved, Status::infeasible,
                                    Status::failed, Status::pending});
  ledger.exclude(id(5));
  std::vector<Progress> seen;
  Controller controller = controller_of(ledger, 10.0, 1, [&seen](const Progress& p) { seen.push_back(p); });
  const Batch batch = *controller.assign(0);
  controller.accept(0, done(batch, 1, Status::infeasible));
  controller.end_progress();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].ended);
  CHECK(seen[0].total == 5);
  CHECK(seen[0].done == 4);
  CHECK(seen[0].performed == 1);
  CHECK(seen[0].infeasible == 2);
  CHECK(seen[0].failed == 1);
  CHECK(seen[0].remaining_seconds == Approx(1e-3));  // one left, calibrated by the first
}

TEST_CASE("progress tells which share of their time the workers were busy", "[schedule]") {
  using namespace std::chrono_literals;
  test::ManualClock clock;
  Ledger ledger(1);
  std::vector<Progress> seen;
  const auto see = [&seen](const Progress& progress) { seen.push_back(progress); };
  Controller controller(ledger, {{id(0), 1, 1.0, 0}}, 2, nullptr, see, std::nullopt, clock.now());
  clock.advance(1s);
  const Batch batch = *controller.assign(0);
  clock.advance(3s);
  controller.accept(0, done(batch, 1));
  clock.advance(1s);
  controller.end_progress();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].elapsed_seconds == 5.0);
  CHECK(seen[0].busy_share == Approx(3.0 / (2 * 5.0)));
}

TEST_CASE("progress is shown ten times a second at most", "[schedule]") {
  using namespace std::chrono_literals;
  test::ManualClock clock;
  Ledger ledger(1);
  int shown = 0;
  Controller controller(
      ledger, {{id(0), 1, 1.0, 0}}, 1, nullptr, [&shown](const Progress&) { ++shown; }, std::nullopt, clock.now());
  for (int step = 0; step < 100; ++step) {
    controller.show_progress();
    clock.advance(30ms);
  }
  CHECK(shown == 25);
}

TEST_CASE("the workers share the time that is left, including that of work in flight", "[schedule]") {
  Ledger ledger(8);
  std::vector<Progress> seen;
  Controller controller = controller_of(ledger, 10.0, 4, [&seen](const Progress& p) { seen.push_back(p); });
  controller.assign(0);
  controller.assign(1);
  controller.end_progress();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].remaining_seconds == Approx(8 * 10.0 / 4));
}

}  // namespace flatsweep::schedule
