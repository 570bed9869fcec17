#include "sweep/part.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "grid_of.hpp"
#include "id.hpp"

using namespace flatsweep;
using namespace flatsweep::sweep;
using Catch::Matchers::StartsWith;

namespace {

std::vector<bool> picks(std::uint64_t wanted, std::uint64_t total) {
  SelectionSampling sampling(wanted, total);
  std::vector<bool> picks;
  for (std::uint64_t i = 0; i < total; ++i) picks.push_back(sampling.next());
  return picks;
}

}  // namespace

TEST_CASE("selection sampling picks as many as wanted, the same ones every time", "[sweep]") {
  for (const std::uint64_t wanted : {0, 1, 7, 40}) {
    CAPTURE(wanted);
    const std::vector<bool> picked = picks(wanted, 40);
    CHECK(std::ranges::count(picked, true) == static_cast<std::ptrdiff_t>(wanted));
    CHECK(picks(wanted, 40) == picked);
  }
  CHECK(std::ranges::count(picks(100, 40), true) == 40);
}

TEST_CASE("selection sampling is asked at most once a thing", "[sweep]") {
  SelectionSampling sampling(1, 1);
  CHECK(sampling.next());
  CHECK_THROWS_AS(sampling.next(), ContractViolation);
}

TEST_CASE("selection sampling picks every thing equally often", "[sweep]") {
  // Position of the one picked of 10, for totals that shift the random numbers: no decile may dominate.
  std::vector<int> counts(10);
  for (std::uint64_t total = 10; total <= 2000; total += 10) {
    const std::vector<bool> picked = picks(1, total);
    const auto position = static_cast<std::uint64_t>(std::ranges::find(picked, true) - picked.begin());
    ++counts[position * 10 / total];
  }
  CHECK(*std::ranges::max_element(counts) < 60);
}

TEST_CASE("a part excludes what neither shard, conditions nor pilot select", "[sweep]") {
  const job::Grid grid = flatsweep::test::grid_of("gamma = 0.2 0.4 0.6 0.8; seed = 0 1 2");
  schedule::Ledger ledger(grid.size());
  exclude_unselected(ledger, select({.shard = {}, .where = "gamma>0.5", .pilot = {}}, grid), std::nullopt);
  CHECK(ledger.included() == 6);
  for (std::uint64_t row = 0; row < grid.size(); ++row) CHECK(ledger.is_open(id(row)) == (grid[id(row)].gamma > 0.5));

  schedule::Ledger pilot(grid.size());
  pilot.assign({id(0), 1});
  pilot.complete(id(0), Status::solved);
  exclude_unselected(pilot, select({}, grid), 5);
  CHECK(pilot.included() == 5);
  CHECK(pilot.open() == 5);
}

TEST_CASE("conditions that cannot be read are an error at --where", "[sweep]") {
  const job::Grid grid = flatsweep::test::grid_of("gamma = 0.2 0.4");
  CHECK_THROWS_WITH(select({.shard = {}, .where = "gama>0.5", .pilot = {}}, grid), StartsWith("--where"));
  CHECK_THROWS_WITH(select({.shard = {}, .where = "gamma>0.5", .pilot = {}}, grid), StartsWith("--where"));
}
