#include <catch2/catch.hpp>

#include "flatsweep/schedule/cost_model.hpp"
#include "grid_of.hpp"

namespace flatsweep::schedule {
namespace {

constexpr auto axes = "activation = relu quadratic; link = matched tanh; noise = 0 0.1; seed = 0..2; gamma = 0.1 0.5";

job::Grid grid_with(const std::string& further_axes) { return test::grid_of(further_axes + "; " + axes); }

/// A configuration costs as its size.
double size_of(const job::Configuration& configuration) { return static_cast<double>(configuration.samples); }

void check_covers(const std::vector<Section>& sections, std::uint64_t size) {
  std::uint64_t end = 0;
  for (const Section& section : sections) {
    REQUIRE(value(section.first) == end);
    REQUIRE(section.count > 0);
    end += section.count;
  }
  CHECK(end == size);
}

}  // namespace

TEST_CASE("a grid falls into sections of one seed and one cost, in the order of ids", "[schedule]") {
  const job::Grid grid = grid_with("d = 10 20; offset = 0 1");
  const CostModel cost{size_of};
  const auto sections = partition(grid, cost);
  check_covers(sections, grid.size());
  CHECK(sections.size() == 16 * 3);
  for (const Section& section : sections) {
    CHECK(section.count == 2 * 2);  // gammas and offsets
    for (std::uint64_t i = 0; i < section.count; ++i) {
      const auto configuration = grid[ConfigurationId{value(section.first) + i}];
      CHECK(cost.seconds(configuration) == section.seconds);
      CHECK(CostModel::kind(configuration) == section.kind);
      CHECK(configuration.seed == section.wave);  // seeds are 0..2
    }
  }
}

TEST_CASE("neighbours of one seed that cost the same are one section", "[schedule]") {
  const job::Grid grid = test::grid_of(
      "d = 10; activation = relu quadratic; link = matched tanh; noise = 0 0.1; seed = 3; gamma = 0.1 0.5");
  const auto sections = partition(grid, CostModel{size_of});
  check_covers(sections, grid.size());
  CHECK(sections.size() == 2);  // relu, quadratic
}

TEST_CASE("a grid of very many costs has a table that stays small", "[schedule]") {
  const job::Grid grid = test::grid_of("d = 2..30001; activation = relu quadratic; link = matched tanh; noise = 0 0.1");
  const CostModel cost{size_of};
  const auto sections = partition(grid, cost);
  check_covers(sections, grid.size());
  CHECK(sections.size() <= 65536 + 4);
  const auto& section = sections[1000];
  REQUIRE(section.count > 1);
  double mean = 0.0;
  for (std::uint64_t i = 0; i < section.count; ++i)
    mean += cost.seconds(grid[ConfigurationId{value(section.first) + i}]) / static_cast<double>(section.count);
  CHECK(section.seconds == Approx(mean));
}

TEST_CASE("a grid of very many seeds has sections of several", "[schedule]") {
  const job::Grid grid = test::grid_of("d = 10 20; activation = relu; link = matched; seed = 0..99999; gamma = 0.5");
  const auto sections = partition(grid, CostModel{size_of});
  check_covers(sections, grid.size());
  CHECK(sections.size() <= 65536);
  CHECK(sections.size() > 65536 / 4);
  for (const Section& section : sections) REQUIRE(grid[section.first].seed == section.wave);
}

TEST_CASE("a forecast shares the work among all ranks but the controller", "[schedule]") {
  const Forecast sum = forecast({{ConfigurationId{0}, 100, 0.5, 0}, {ConfigurationId{100}, 10, 3.0, 1}});
  CHECK(sum.work_seconds == Approx(80.0));
  CHECK(sum.longest_seconds == 3.0);
  CHECK(sum.seconds(1) == Approx(80.0));
  CHECK(sum.seconds(2) == Approx(80.0));
  CHECK(sum.seconds(5) == Approx(20.0));
  CHECK(sum.seconds(1000) == 3.0);
}

TEST_CASE("nothing to do takes no time", "[schedule]") { CHECK(forecast({}).seconds(4) == 0.0); }

}  // namespace flatsweep::schedule
