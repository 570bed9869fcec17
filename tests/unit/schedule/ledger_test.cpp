#include "flatsweep/schedule/ledger.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "id.hpp"
#include "seed.hpp"

namespace flatsweep::schedule {

TEST_CASE("a new ledger is all open, and one from a file has its statuses", "[schedule]") {
  const Ledger fresh(5);
  CHECK(fresh.open() == 5);
  CHECK(fresh.included() == 5);
  CHECK(fresh.next_open(id(0), id(5), 64) == Batch{id(0), 5});

  const Ledger continued(std::vector<Status>{Status::solved, Status::pending, Status::infeasible, Status::pending,
                                             Status::pending, Status::failed});
  CHECK(continued.status(id(2)) == Status::infeasible);
  CHECK(continued.count(Status::solved) == 1);
  CHECK(continued.open() == 3);
  CHECK(continued.next_open(id(0), id(6), 64) == Batch{id(1), 1});
  CHECK(continued.next_open(id(2), id(6), 64) == Batch{id(3), 2});
  CHECK(continued.next_open(id(5), id(6), 64).count == 0);
  CHECK_THROWS_AS(Ledger(std::vector<Status>{Status{6}}), ContractViolation);
}

TEST_CASE("what is excluded is no part of the run, whatever its status", "[schedule]") {
  Ledger ledger(std::vector<Status>{Status::solved, Status::pending, Status::pending});
  ledger.exclude(id(0));
  ledger.exclude(id(1));
  ledger.exclude(id(1));
  CHECK(ledger.included() == 1);
  CHECK(ledger.count(Status::solved) == 0);
  CHECK(ledger.open() == 1);
  CHECK_FALSE(ledger.is_open(id(1)));
  CHECK(ledger.status(id(0)) == Status::solved);
  CHECK_THROWS_AS(ledger.assign({id(1), 1}), ContractViolation);
}

TEST_CASE("a configuration is assigned to one worker only, and completed once", "[schedule]") {
  Ledger ledger(4);
  ledger.assign({id(1), 2});
  CHECK(ledger.in_flight() == 2);
  CHECK_THROWS_AS(ledger.assign({id(0), 2}), ContractViolation);
  CHECK_THROWS_AS(ledger.complete(id(0), Status::solved), ContractViolation);
  CHECK_THROWS_AS(ledger.complete(id(1), Status::pending), ContractViolation);
  ledger.complete(id(1), Status::solved);
  CHECK_THROWS_AS(ledger.complete(id(1), Status::solved), ContractViolation);
  ledger.release(id(2));
  CHECK(ledger.is_open(id(2)));
}

TEST_CASE("counts agree with a plain recount after any sequence of operations", "[schedule]") {
  auto random = test::random_generator();
  constexpr std::uint64_t size = 200;
  Ledger ledger(size);
  std::vector<bool> in_flight(size);
  std::vector<bool> excluded(size);
  for (int step = 0; step < 5000; ++step) {
    const std::uint64_t number = random() % size;
    const ConfigurationId at = id(number);
    const auto action = random() % 10;
    if (in_flight[number]) {
      action < 5 ? ledger.complete(at, Status{static_cast<std::uint8_t>(1 + random() % 5)}) : ledger.release(at);
      in_flight[number] = false;
    } else if (action < 6) {
      const Batch batch = ledger.next_open(at, id(size), 1 + random() % 5);
      ledger.assign(batch);
      for (std::uint64_t i = 0; i < batch.count; ++i) in_flight[value(batch[i])] = true;
    } else if (random() % 20 == 0) {
      ledger.exclude(at);
      excluded[number] = true;
    }
  }
  std::uint64_t included = 0;
  std::uint64_t open = 0;
  std::uint64_t flying = 0;
  std::array<std::uint64_t, status_names.size()> counts{};
  for (std::uint64_t number = 0; number < size; ++number) {
    open += ledger.is_open(id(number)) ? 1 : 0;
    flying += in_flight[number] ? 1 : 0;
    if (excluded[number]) continue;
    ++included;
    ++counts[static_cast<std::size_t>(ledger.status(id(number)))];
  }
  CHECK(ledger.included() == included);
  CHECK(ledger.open() == open);
  CHECK(ledger.in_flight() == flying);
  CHECK(ledger.count_open(id(0), id(size)) == open);
  for (std::size_t status = 0; status < counts.size(); ++status)
    CHECK(ledger.count(Status{static_cast<std::uint8_t>(status)}) == counts[status]);
}

}  // namespace flatsweep::schedule
