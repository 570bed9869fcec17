#include <catch2/catch.hpp>

#include "flatsweep/job/grid.hpp"
#include "grid_of.hpp"

using namespace flatsweep;
using namespace flatsweep::job;

namespace {

bool same_place(const Configuration& one, const Configuration& other) {
  return one.activation == other.activation && one.link == other.link && one.d == other.d && one.seed == other.seed &&
         one.gamma == other.gamma && one.noise == other.noise;
}

}  // namespace

TEST_CASE("a grid map finds every configuration that both grids have", "[job]") {
  const Grid from = test::grid_of("gamma = 0.2 0.4 0.6; seed = 5 1..3; activation = relu quadratic abs; d = 8 10");
  const Grid to = test::grid_of("gamma = lin(0.1, 0.9, 9); seed = 0..3; activation = abs relu; d = 8 10");
  const GridMap map(from, to);
  std::uint64_t found = 0;
  for (std::uint64_t row = 0; row < from.size(); ++row) {
    const Configuration configuration = from[ConfigurationId{row}];
    const auto mapped = map(configuration.id);
    const bool expected = configuration.seed != 5 && configuration.activation.name() != "quadratic";
    REQUIRE(mapped.has_value() == expected);
    if (!mapped) continue;
    CHECK(same_place(configuration, to[*mapped]));
    ++found;
  }
  CHECK(found == 3 * 3 * 2 * 2);
  CHECK(map.shared() == found);
}

TEST_CASE("a grid map of grids without a common value finds nothing", "[job]") {
  const GridMap map(test::grid_of("gamma = 0.2"), test::grid_of("gamma = 0.3"));
  CHECK(map.shared() == 0);
  CHECK_FALSE(map(ConfigurationId{0}));
}
