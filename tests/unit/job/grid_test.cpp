#include "flatsweep/job/grid.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <numeric>
#include <random>

#include "flatsweep/core/error.hpp"

using namespace flatsweep;
using job::AxisError;
using job::AxisValues;
using job::Grid;

namespace {

AxisValues small_axes() {
  AxisValues values;
  values.activation = {model::Activation::parse("relu")};
  values.link = {model::Link::parse("matched")};
  values.d = {10};
  values.seed = {0};
  values.gamma = {0.5};
  return values;
}

std::vector<std::string> blamed(const AxisValues& values) {
  try {
    const Grid grid(values);
  } catch (const AxisError& error) {
    return error.axes();
  }
  return {};
}

}  // namespace

TEST_CASE("ids are row-major in the documented order of the axes", "[job]") {
  AxisValues values;
  values.activation = {model::Activation::parse("quadratic"), model::Activation::parse("relu")};
  values.link = {model::Link::parse("tanh"), model::Link::parse("matched"), model::Link::parse("sine")};
  values.interpolator = {model::Interpolator::parse("random"), model::Interpolator()};
  values.indices = {3, 1};
  values.noise = {0.0, 0.1, 0.05};
  values.sample_ratio = {5.0, 2.5};
  values.width_ratio = {2.0, 1.5};
  values.d = {11, 8};
  values.seed = {4, 2, 9};
  values.gamma = {0.9, 0.1};
  const Grid grid(values);
  REQUIRE(grid.size() == 2 * 3 * 2 * 2 * 3 * 2 * 2 * 2 * 3 * 2);

  std::uint64_t id = 0;
  bool equal = true;
  for (const auto& activation : values.activation)
    for (const auto& link : values.link)
      for (const auto& interpolator : values.interpolator)
        for (const Index indices : values.indices)
          for (const double noise : values.noise)
            for (const double sample_ratio : values.sample_ratio)
              for (const double width_ratio : values.width_ratio)
                for (const Index d : values.d)
                  for (const std::uint64_t seed : values.seed)
                    for (const double gamma : values.gamma) {
                      const job::Configuration c = grid[ConfigurationId{id}];
                      const auto n = static_cast<Index>(std::lround(sample_ratio * static_cast<double>(d)));
                      const auto m = static_cast<Index>(std::lround(width_ratio * static_cast<double>(n)));
                      equal = equal && value(c.id) == id && c.activation == activation && c.link == link &&
                              c.interpolator == interpolator && c.indices == indices && c.noise == noise &&
                              c.sample_ratio == sample_ratio && c.width_ratio == width_ratio && c.d == d &&
                              c.seed == seed && c.gamma == gamma && c.samples == n && c.width == m;
                      ++id;
                    }
  CHECK(equal);
  CHECK(id == grid.size());
  CHECK_THROWS_AS(grid[ConfigurationId{id}], ContractViolation);
}

TEST_CASE("n and m are rounded, halves away from zero, and m is a multiple of the rounded n", "[job]") {
  AxisValues values = small_axes();
  values.d = {5};
  values.sample_ratio = {2.5};  // 12.5
  values.width_ratio = {1.5};   // of 13: 19.5
  const Grid grid(values);
  CHECK(grid[ConfigurationId{0}].samples == 13);
  CHECK(grid[ConfigurationId{0}].width == 20);
}

TEST_CASE("the largest width is that of the largest values, wherever they stand", "[job]") {
  AxisValues values = small_axes();
  values.d = {30, 10};
  values.sample_ratio = {1.0, 5.0, 2.0};
  values.width_ratio = {0.5, 3.0};
  const Grid grid(values);
  Index largest = 0;
  for (std::uint64_t id = 0; id < grid.size(); ++id) largest = std::max(largest, grid[ConfigurationId{id}].width);
  CHECK(grid.largest_width() == largest);
  CHECK(largest == 450);
}

TEST_CASE("axes have the names, order and values of the results file", "[job]") {
  AxisValues values = small_axes();
  values.activation.push_back(model::Activation::parse("leaky_relu"));
  values.seed = {3, 1};
  const Grid grid(values);
  const std::vector<job::Axis> axes = grid.axes();
  REQUIRE(axes.size() == job::axis_count);
  std::map<std::string, job::Axis> by_name;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    CHECK(by_name.emplace(axes[i].name, axes[i]).second);
    CHECK_FALSE(axes[i].long_name.empty());
    CHECK_FALSE(axes[i].units.empty());
    CHECK(axes[i].size() == grid.axis_sizes()[i]);
  }
  const auto seed = std::ranges::find(axes, "seed", &job::Axis::name);  // of the axes before, ids are consecutive
  CHECK((seed + 1)->name == "gamma");
  CHECK(std::get<std::vector<std::string>>(by_name.at("activation").values) ==
        std::vector<std::string>{"relu", "leaky_relu:0.1"});
  CHECK(std::get<std::vector<std::string>>(by_name.at("interpolator").values) == std::vector<std::string>{"flattest"});
  CHECK(std::get<std::vector<std::int64_t>>(by_name.at("seed").values) == std::vector<std::int64_t>{3, 1});
  CHECK(std::get<std::vector<double>>(by_name.at("gamma").values) == std::vector<double>{0.5});
}

TEST_CASE("a grid of 2^63 configurations exists without being stored, and 2^64 is refused", "[job]") {
  AxisValues values = small_axes();
  std::vector<double> many(std::size_t{1} << 16U);
  std::iota(many.begin(), many.end(), 1.0);
  values.noise = many;
  values.gamma.resize(many.size());
  for (std::size_t i = 0; i < many.size(); ++i) values.gamma[i] = many[i] / 65536.0;
  values.seed.resize(many.size());
  std::iota(values.seed.begin(), values.seed.end(), std::uint64_t{0});
  values.sample_ratio.assign(many.begin(), many.begin() + (1 << 13));
  values.width_ratio = {1.0, 2.0};
  values.activation.push_back(model::Activation::parse("abs"));
  const Grid grid(values);
  CHECK(grid.size() == std::uint64_t{1} << 63U);
  const job::Configuration last = grid[ConfigurationId{grid.size() - 1}];
  CHECK(last.activation.name() == "abs");
  CHECK(last.gamma == 1.0);
  CHECK(last.noise == 65536.0);

  values.link.push_back(model::Link::parse("tanh"));
  CHECK(blamed(values) == std::vector<std::string>{"noise"});
}

TEST_CASE("a refused grid names the axes to blame, the one to change first in front", "[job]") {
  using Names = std::vector<std::string>;
  const auto after = [](auto change) {
    AxisValues values = small_axes();
    change(values);
    return blamed(values);
  };
  CHECK(after([](AxisValues&) {}).empty());
  CHECK(after([](AxisValues& v) { v.gamma.clear(); }) == Names{"gamma"});
  CHECK(after([](AxisValues& v) { v.gamma = {0.5, 0.1, 0.5}; }) == Names{"gamma"});
  CHECK(after([](AxisValues& v) { v.gamma = {1.0000001}; }) == Names{"gamma"});
  CHECK(after([](AxisValues& v) { v.gamma = {-1e-9}; }) == Names{"gamma"});
  CHECK(after([](AxisValues& v) { v.gamma = {std::nan("")}; }) == Names{"gamma"});
  CHECK(after([](AxisValues& v) { v.seed = {std::uint64_t{1} << 63U}; }) == Names{"seed"});
  CHECK(after([](AxisValues& v) { v.indices = {1, 10}; }) == Names{"indices", "d"});
  CHECK(after([](AxisValues& v) { v.indices = {9}; }).empty());
  CHECK(after([](AxisValues& v) {
          v.link.push_back(model::Link::parse("quadratic_form"));
          v.indices = {6};
        }) == Names{"indices", "d", "link"});
  CHECK(after([](AxisValues& v) {
          v.link.push_back(model::Link::parse("quadratic_form"));
          v.indices = {5};
        }).empty());
  CHECK(after([](AxisValues& v) {
          v.link.push_back(model::Link::parse("mirrored"));
          v.activation.push_back(model::Activation::parse("linear"));
        }) == Names{"link", "activation"});
  CHECK(after([](AxisValues& v) { v.sample_ratio = {0.04}; }) == Names{"sample_ratio", "d"});
  CHECK(after([](AxisValues& v) {
          v.sample_ratio = {0.05};
          v.width_ratio = {1.0};
        }).empty());
  CHECK(after([](AxisValues& v) { v.width_ratio = {0.001}; }) == Names{"width_ratio", "sample_ratio", "d"});
  CHECK(after([](AxisValues& v) { v.sample_ratio = {1e300}; }) == Names{"sample_ratio", "d"});
  CHECK(after([](AxisValues& v) { v.width_ratio = {1e300}; }) == Names{"width_ratio", "sample_ratio", "d"});
}
