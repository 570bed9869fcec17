#include "flatsweep/job/selection.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "grid_of.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::job;
using Catch::Matchers::Contains;

namespace {

Grid small_grid(const std::string& seeds = "0..4") {
  return test::grid_of(
      "activation = relu leaky_relu:0.1; link = matched tanh; gamma = lin(0.1, 0.9, 9); d = 8 10; noise = 0 0.5; seed = " +
      seeds);
}

template <typename Fulfils>
void check_where(const std::string& conditions, Fulfils fulfils) {
  INFO(conditions);
  const Grid grid = small_grid();
  Selection selection(grid);
  selection.keep_where(conditions);
  for (std::uint64_t id = 0; id < grid.size(); ++id) {
    const Configuration configuration = grid[ConfigurationId{id}];
    REQUIRE(selection.contains(configuration.id) == fulfils(configuration));
  }
}

std::vector<std::uint64_t> ids_of(const Grid& grid, const Shard& shard) {
  Selection selection(grid);
  selection.keep_shard(shard);
  std::vector<std::uint64_t> ids;
  for (std::uint64_t id = 0; id < grid.size(); ++id)
    if (selection.contains(ConfigurationId{id})) ids.push_back(id);
  return ids;
}

}  // namespace

TEST_CASE("conditions keep the configurations that fulfil all of them", "[job]") {
  using C = const Configuration&;
  check_where(
      "gamma>0.5", [](C c) { return c.gamma > 0.5; });
  check_where(
      "gamma>=0.5,gamma<0.7", [](C c) { return c.gamma >= 0.5 && c.gamma < 0.7; });
  check_where(
      " gamma <= 0.2 , activation = relu ", [](C c) { return c.gamma <= 0.2 && c.activation.name() == "relu"; });
  check_where(
      "activation!=leaky_relu:0.10", [](C c) { return c.activation.name() == "relu"; });
  check_where(
      "seed=0..1 4", [](C c) { return c.seed < 2 || c.seed == 4; });
  check_where(
      "gamma=lin(0.1, 0.3, 3),d=8",
      [](C c) { return (c.gamma == 0.1 || c.gamma == 0.2 || c.gamma == 0.3) && c.d == 8; });
  check_where("link!=matched,noise>0", [](C c) { return c.link.name() == "tanh" && c.noise == 0.5; });
}

TEST_CASE("conditions that say nothing sensible are errors", "[job]") {
  const Grid grid = small_grid();
  const auto refuse = [&](const std::string& conditions, const std::string& mention) {
    INFO(conditions);
    CHECK_THROWS_WITH(Selection(grid).keep_where(conditions), Contains(mention));
  };
  refuse("", "is not a condition");
  refuse("gamma", "is not a condition");
  refuse("gamma>0.5,", "is not a condition");
  refuse("gama>0.5", "`gamma`");
  refuse("name=small", "there is no axis");
  refuse("gamma>", "one number");
  refuse("gamma>0.1 0.2", "one number");
  refuse("gamma>half", "half");
  refuse("gamma==0.5", "=0.5");
  refuse("d>8.5", "8.5");
  refuse("activation>relu", "no order");
  refuse("activation=rellu", "relu");
  refuse("gamma>0.9", "leaves nothing");
  refuse("gamma<0.5,gamma>0.5", "leaves nothing");
}

TEST_CASE("a shard is k/K", "[job]") {
  CHECK(parse_shard("2/5").number == 2);
  CHECK(parse_shard("2/5").count == 5);
  for (const char* text : {"", "2", "0/5", "6/5", "2/0", "-1/5", "2/5/7", "2 of 5", "1.5/5", "1/9999999"})
    CHECK_THROWS_WITH(parse_shard(text), Contains("is not a shard"));
}

TEST_CASE("the shards of a grid part it, evenly within every combination", "[job]") {
  auto random = test::random_generator();
  for (int trial = 0; trial < 20; ++trial) {
    const Grid grid = small_grid("0.." + std::to_string(random() % 30));
    const std::uint64_t count = 1 + random() % 60;
    const std::uint64_t combination = grid.values().seed.size() * grid.values().gamma.size();
    std::vector<std::uint64_t> owners(grid.size());
    for (std::uint64_t number = 1; number <= count; ++number) {
      const auto ids = ids_of(grid, {number, count});
      std::vector<std::uint64_t> of_combination(grid.size() / combination);
      for (const std::uint64_t id : ids) {
        ++owners[id];
        ++of_combination[id / combination];
      }
      for (const std::uint64_t size : of_combination) {
        CHECK(size >= combination / count);
        CHECK(size <= combination / count + 1);
      }
    }
    CHECK(owners == std::vector<std::uint64_t>(grid.size(), 1));
  }
}

TEST_CASE("shards take turns with the longer parts of combinations", "[job]") {
  const Grid grid = small_grid();  // 16 combinations of 45
  for (const std::uint64_t count : {2, 4, 8, 16})
    for (std::uint64_t number = 1; number <= count; ++number)
      CHECK(ids_of(grid, {number, count}).size() == grid.size() / count);
}

TEST_CASE("a shard of a condition is what both keep", "[job]") {
  const Grid grid = small_grid();
  Selection both(grid);
  both.keep_where("gamma>0.5");
  both.keep_shard({2, 3});
  Selection where(grid);
  where.keep_where("gamma>0.5");
  Selection shard(grid);
  shard.keep_shard({2, 3});
  for (std::uint64_t id = 0; id < grid.size(); ++id) {
    const ConfigurationId at{id};
    CHECK(both.contains(at) == (where.contains(at) && shard.contains(at)));
  }
}

TEST_CASE("a number is known by the digits that tables show, and in equalities by three", "[job]") {
  const auto gammas = [](const std::string& conditions) {
    const Grid grid = test::grid_of(
        "activation = relu; link = matched; gamma = 0.0127427498570313 0.0162377673918872 0.1 0.5 0.50049; d = 8; seed = 0");
    Selection selection(grid);
    selection.keep_where(conditions);
    std::vector<std::size_t> kept;
    for (std::uint64_t id = 0; id < grid.size(); ++id)
      if (selection.contains(ConfigurationId{id})) kept.push_back(id);
    return kept;
  };
  using Positions = std::vector<std::size_t>;
  CHECK(gammas("gamma=0.0127427") == Positions{0});
  CHECK(gammas("gamma=0.0127 0.0162378") == Positions{0, 1});
  CHECK(gammas("gamma!=0.0127427") == Positions{1, 2, 3, 4});
  CHECK(gammas("gamma<=0.0127427") == Positions{0});
  CHECK(gammas("gamma>0.0127427") == Positions{1, 2, 3, 4});
  CHECK(gammas("gamma=0.5") == Positions{3});
  CHECK(gammas("gamma=0.5005") == Positions{4});
  CHECK(gammas("gamma>0.5004") == Positions{4});
  CHECK_THROWS_WITH(gammas("gamma=0.01"), Contains("leaves nothing"));
  CHECK_THROWS_WITH(gammas("gamma=0.012"), Contains("leaves nothing"));
}

TEST_CASE("an axis is known by its name in jobs and by that in results", "[job]") {
  const Grid grid = test::grid_of(
      "activation = relu; link = matched; gamma = 0.5; d = 8; seed = 0; objective = norm trace; offset = 0 normal:1");
  for (const char* conditions : {"objective=trace,offset=normal:1.0", "program!=norm,offset!=0"}) {
    Selection selection(grid);
    selection.keep_where(conditions);
    for (std::uint64_t id = 0; id < grid.size(); ++id) CHECK(selection.contains(ConfigurationId{id}) == (id == 3));
  }
  Selection selection(grid);
  CHECK_THROWS_WITH(selection.keep_where("offset>0"), Contains("names have no order"));
}
