#include "schedule/controller.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/contract.hpp"
#include "id.hpp"

namespace flatsweep::schedule {
namespace {

Report done(const Batch& batch, std::uint64_t count, Status status = Status::solved) {
  Report report;
  for (std::uint64_t i = 0; i < count; ++i) report.finished.push_back({batch[i], status, 1e-3, ""});
  return report;
}

Controller controller_of(Ledger& ledger, double seconds, std::size_t workers,
                         ProgressSink progress = quiet_progress(),
                         Controller::Deadline deadline = std::nullopt) {
  const std::vector<Section> sections = {{id(0), ledger.size(), seconds, 0}};
  return {ledger, sections, workers, nullptr, std::move(progress), deadline};
}

}  // namespace

TEST_CASE("a worker has as many short batches in hand as keep it busy for 8 ms", "[schedule]") {
  Ledger ledger(1'000'000);
  constexpr double seconds = 5e-6;
  Controller controller = controller_of(ledger, seconds, 2);
  std::uint64_t in_hand = 0;
  while (const auto batch = controller.assign(0)) {
    CHECK(batch->count == Policy::largest_batch);
    in_hand += batch->count;
  }
  CHECK(static_cast<double>(in_hand) * seconds >= 8e-3);
  CHECK(static_cast<double>(in_hand - Policy::largest_batch) * seconds < 8e-3);
}

TEST_CASE("a worker has two long batches in hand at most", "[schedule]") {
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
  CHECK(controller.report().performed == first->count);
}

TEST_CASE("a worker that stopped gives back all it has, and the run ends early", "[schedule]") {
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
  CHECK(controller.report() == SweepReport{true, 3 + other.count});
  CHECK(ledger.open() == 1000 - 3 - other.count);
}

TEST_CASE("a stop after the last configuration is not early", "[schedule]") {
  Ledger ledger(1);
  Controller controller = controller_of(ledger, 1.0, 1);
  const Batch batch = *controller.assign(0);
  controller.request_stop();
  controller.accept(0, done(batch, 1));
  CHECK(controller.idle());
  CHECK(controller.report() == SweepReport{false, 1});
}

TEST_CASE("work that would end after the deadline is not handed out", "[schedule]") {
  Ledger ledger(10);
  const auto soon = StopRequest::Clock::now() + std::chrono::seconds(30);
  Controller controller = controller_of(ledger, 60.0, 2, quiet_progress(), soon);
  CHECK_FALSE(controller.assign(0));
  CHECK(controller.idle());
  CHECK(controller.report() == SweepReport{true, 0});
}

TEST_CASE("what a worker has in hand takes its time from what is left before the deadline", "[schedule]") {
  for (const double seconds_left : {1500.0, 3000.0}) {
    Ledger ledger(100);
    const auto end = StopRequest::Clock::now() + std::chrono::duration_cast<StopRequest::Clock::duration>(
                                                     std::chrono::duration<double>(seconds_left));
    Controller controller = controller_of(ledger, 1000.0, 1, quiet_progress(), end);
    CHECK(controller.assign(0));
    CHECK(controller.assign(0).has_value() == (seconds_left > 2000.0));
  }
}

TEST_CASE("a report of what a worker does not have breaks the contract", "[schedule]") {
  Ledger ledger(1000);
  Controller controller = controller_of(ledger, 1e-3, 2);
  const Batch batch = *controller.assign(0);
  CHECK_THROWS_AS(controller.accept(1, done(batch, 1)), ContractViolation);
  CHECK_THROWS_AS(controller.accept(0, done({batch[1], 1}, 1)), ContractViolation);
}

TEST_CASE("progress counts what is done, by earlier runs too", "[schedule]") {
  Ledger ledger(std::vector<std::uint8_t>{0, 0, 1, 2, 4, 0});
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

TEST_CASE("the workers share the time that is left, of work in hand too", "[schedule]") {
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
