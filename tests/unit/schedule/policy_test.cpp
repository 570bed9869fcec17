#include "schedule/policy.hpp"

#include <catch2/catch.hpp>

#include "id.hpp"
#include "seed.hpp"

namespace flatsweep::schedule {
namespace {

std::vector<Assignment> drain(Policy& policy) {
  std::vector<Assignment> assignments;
  while (const auto assignment = policy.next()) assignments.push_back(*assignment);
  return assignments;
}

}  // namespace

TEST_CASE("every open configuration is assigned once, the most expensive first, within its section", "[schedule]") {
  auto random = test::random_generator();
  std::vector<Status> statuses(20'000);
  for (auto& status : statuses) status = random() % 4 == 0 ? Status::solved : Status::pending;
  Ledger ledger(std::move(statuses));
  for (int i = 0; i < 1000; ++i) ledger.exclude(id(random() % ledger.size()));
  const std::uint64_t open = ledger.open();

  std::vector<Section> sections;
  for (std::uint64_t first = 0; first < ledger.size(); first += 500) {
    sections.push_back(
        {id(first), 500, 1e-3 * static_cast<double>(1 + random() % 50), static_cast<ProgramKind>(random() % 3)});
  }
  Policy policy(ledger, sections, 7);
  double seconds_before = 1.0;
  std::uint64_t assigned = 0;
  for (const Assignment& assignment : drain(policy)) {
    const Section& section = sections[value(assignment.batch.first) / 500];
    REQUIRE(assignment.batch.count >= 1);
    REQUIRE(assignment.batch.count <= Policy::largest_batch);
    REQUIRE(value(assignment.batch.first) + assignment.batch.count <= value(section.first) + section.count);
    REQUIRE(assignment.seconds == section.seconds);
    REQUIRE(assignment.seconds <= seconds_before);
    seconds_before = assignment.seconds;
    assigned += assignment.batch.count;
  }
  CHECK(assigned == open);
  CHECK(ledger.open() == 0);
  CHECK(ledger.in_flight() == open);
  CHECK(policy.open_seconds() == Approx(0.0).margin(1e-9));
}

TEST_CASE("seeds come in waves, in each the most expensive first, and at the end all of them", "[schedule]") {
  Ledger ledger(6000);
  std::vector<Section> sections;  // ten combinations of three seeds and 200 gammas
  for (std::uint32_t i = 0; i < 30; ++i)
    sections.push_back({id(200 * i), 200, 0.01 * (1 + i / 3), static_cast<ProgramKind>(i / 3 % 2), i % 3});
  Policy policy(ledger, sections, 10);
  std::uint32_t wave = 0;
  double seconds_before = 1.0;
  int batches_of_the_end = 0;
  while (const auto assignment = policy.next()) {
    const Section& section = sections[value(assignment->batch.first) / 200];
    const double left = policy.open_seconds() + static_cast<double>(assignment->batch.count) * section.seconds;
    if (left > 10 * 8 * 0.1) {  // workers, longest_at_the_end, the longest configuration
      REQUIRE(section.wave >= wave);
      if (section.wave == wave) REQUIRE(section.seconds <= seconds_before);
    } else if (batches_of_the_end++ > 0) {
      REQUIRE(section.seconds <= seconds_before);
    }
    wave = section.wave;
    seconds_before = section.seconds;
  }
  CHECK(wave == 2);
  CHECK(batches_of_the_end > 10);
  CHECK(ledger.open() == 0);
}

TEST_CASE("near the end a long configuration does not wait for earlier waves", "[schedule]") {
  Ledger ledger(101);
  Policy policy(ledger, {{id(0), 100, 0.01, 0, 0}, {id(100), 1, 10.0, 0, 1}}, 2);
  CHECK(policy.next()->batch == Batch{id(100), 1});
  CHECK(policy.next()->batch.first == id(0));
}

TEST_CASE("seeds that are too short for a batch come together", "[schedule]") {
  Ledger ledger(200);
  std::vector<Section> sections;
  for (std::uint32_t seed = 0; seed < 100; ++seed) sections.push_back({id(2 * seed), 2, 1e-5, 0, seed});
  Policy policy(ledger, sections, 1);
  CHECK(policy.next()->batch.count > 2);
}

TEST_CASE("batches shrink towards the end, and a long configuration is a batch of its own", "[schedule]") {
  Ledger ledger(5010);
  Policy policy(ledger, {{id(0), 5000, 1e-3, 0}, {id(5000), 10, 20.0, 0}}, 4);
  const auto assignments = drain(policy);
  for (std::size_t i = 0; i < 10; ++i) CHECK(assignments[i].batch == Batch{id(5000 + i), 1});
  CHECK(assignments[10].batch.count == Policy::largest_batch);
  CHECK(assignments.back().batch.count == 1);
  for (std::size_t i = 11; i < assignments.size(); ++i)
    CHECK(assignments[i].batch.count <= assignments[i - 1].batch.count);
}

TEST_CASE("a worker with a backlog gets more while much is left, and nothing at the end", "[schedule]") {
  Ledger ledger(1000);
  Policy policy(ledger, {{id(0), 1000, 0.01, 0}}, 2);
  CHECK(policy.next(0.25));
  CHECK_FALSE(policy.next(2.5));
  drain(policy);

  Ledger few(4);
  Policy end_game(few, {{id(0), 4, 10.0, 0}}, 2);
  CHECK_FALSE(end_game.next(10.0));
  CHECK(end_game.next(0.0));
}

TEST_CASE("what took longer than predicted moves its kind to the front", "[schedule]") {
  Ledger ledger(30);
  Policy policy(ledger, {{id(0), 10, 1.0, 0}, {id(10), 10, 2.0, 1}, {id(20), 10, 0.5, 0}}, 1);
  const auto first = policy.next();
  REQUIRE(first->batch == Batch{id(10), 1});
  policy.observe(*first, 2.0);
  const auto second = policy.next();
  REQUIRE(second->kind == 1);

  const Assignment cheap{{id(0), 1}, 0, 1.0, 1.0};
  policy.observe(cheap, 5.0);
  const auto third = policy.next();
  CHECK(third->batch == Batch{id(0), 1});
  CHECK(third->seconds == Approx(5.0));
  CHECK(policy.open_seconds() == Approx(8 * 2.0 + 9 * 5.0 + 10 * 2.5));
}

TEST_CASE("nothing is started that would end after the deadline, cheaper work is", "[schedule]") {
  Ledger ledger(30);
  Policy policy(ledger, {{id(0), 10, 3.0, 0}, {id(10), 10, 0.1, 0}, {id(20), 10, 5.0, 1}}, 1);
  const double forever = std::numeric_limits<double>::infinity();
  CHECK(policy.next(0.0, 4.0)->batch == Batch{id(0), 1});
  CHECK(policy.next(0.0, 0.15)->batch == Batch{id(10), 1});
  CHECK_FALSE(policy.next(0.0, 0.05));
  CHECK_FALSE(policy.next(0.0, -1.0));
  CHECK(policy.next(0.0, forever)->batch == Batch{id(20), 1});
}

TEST_CASE("a batch ends before the deadline", "[schedule]") {
  Ledger ledger(10'000);
  Policy policy(ledger, {{id(0), 10'000, 0.01, 0}}, 1);
  CHECK(policy.next(0.0, 0.105)->batch.count == 10);
  CHECK(policy.next()->batch.count > 10);
}

TEST_CASE("what is started before a deadline depends on calibrated predictions", "[schedule]") {
  Ledger ledger(10);
  Policy policy(ledger, {{id(0), 10, 1.0, 0}}, 1);
  const auto first = policy.next(0.0, 2.0);
  REQUIRE(first);
  policy.observe(*first, 3.0);
  CHECK_FALSE(policy.next(0.0, 2.0));
  CHECK(policy.next(0.0, 4.0));
}

}  // namespace flatsweep::schedule
