#include "flatsweep/schedule/section.hpp"

#include <catch2/catch.hpp>
#include <numeric>

namespace flatsweep::schedule {
namespace {

job::AxisValues small_axes() {
  job::AxisValues axes;
  axes.activation = {model::Activation::parse("relu"), model::Activation::parse("quadratic")};
  axes.link = {model::Link::parse("matched"), model::Link::parse("tanh")};
  axes.interpolator = {model::Interpolator::flattest};
  axes.indices = {1};
  axes.noise = {0.0, 0.1};
  axes.sample_ratio = {2.0};
  axes.width_ratio = {2.0};
  axes.d = {10, 20};
  axes.seed = {0, 1, 2};
  axes.gamma = {0.1, 0.5};
  return axes;
}

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

TEST_CASE("a grid falls into sections of one cost, in the order of ids", "[schedule]") {
  const job::Grid grid(small_axes());
  const CostModel cost{job::Settings()};
  const auto sections = partition(grid, cost);
  check_covers(sections, grid.size());
  CHECK(sections.size() == 16);  // d is the fastest axis that costs, so neighbours never agree
  for (const Section& section : sections) {
    for (std::uint64_t i = 0; i < section.count; ++i) {
      const auto configuration = grid[ConfigurationId{value(section.first) + i}];
      CHECK(cost.seconds(configuration) == section.seconds);
      CHECK(CostModel::kind(configuration) == section.kind);
    }
  }
}

TEST_CASE("neighbours that cost the same are one section", "[schedule]") {
  job::AxisValues axes = small_axes();
  axes.d = {10};
  const job::Grid grid(axes);
  const auto sections = partition(grid, CostModel{job::Settings()});
  check_covers(sections, grid.size());
  CHECK(sections.size() == 2);  // relu, quadratic
}

TEST_CASE("a grid of very many costs has a table that stays small", "[schedule]") {
  job::AxisValues axes = small_axes();
  axes.d.resize(30'000);
  std::iota(axes.d.begin(), axes.d.end(), 2);
  axes.seed = {0};
  axes.gamma = {0.5};
  const job::Grid grid(axes);
  const CostModel cost{job::Settings()};
  const auto sections = partition(grid, cost);
  check_covers(sections, grid.size());
  CHECK(sections.size() <= 65536 + 4);
  const auto& section = sections[1000];
  REQUIRE(section.count > 1);
  double mean = 0.0;
  for (std::uint64_t i = 0; i < section.count; ++i) {
    mean +=
        cost.seconds(grid[ConfigurationId{value(section.first) + i}]) / static_cast<double>(section.count);
  }
  CHECK(section.seconds == Approx(mean));
}

}  // namespace flatsweep::schedule
