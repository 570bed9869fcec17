#include "flatsweep/experiment/outcome.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <set>

#include "flatsweep/core/error.hpp"

using namespace flatsweep;
using experiment::Measure;
using experiment::Measures;

TEST_CASE("measures are NaN until computed, each in its own place", "[experiment]") {
  constexpr std::size_t ridges = 3;
  Measures measures(ridges);
  CHECK(std::ranges::all_of(measures.values(), [](double value) { return std::isnan(value); }));
  double number = 0.0;
  for (const Measure& measure : experiment::measure_table())
    for (double& place : measures.of(experiment::measure_index(measure.name))) place = number++;
  std::vector<double> expected(measures.values().size());
  std::iota(expected.begin(), expected.end(), 0.0);
  CHECK(measures.values() == expected);  // in the order of the table, without gaps
  measures["gap"] = -0.5;
  CHECK(measures["gap"] == -0.5);
  CHECK(std::ranges::count(measures.values(), -0.5) == 1);
}

TEST_CASE("a measure with the axis ridge has a number a ridge", "[experiment]") {
  CHECK(Measures(4).of(experiment::measure_index("soft_rank")).size() == 4);
  CHECK(Measures().of(experiment::measure_index("soft_rank")).empty());
  CHECK(Measures(4).of(experiment::measure_index("flatness")).size() == 1);
}

TEST_CASE("every measure has a name of its own and a description", "[experiment]") {
  std::set<std::string_view> names;
  for (const Measure& measure : experiment::measure_table()) {
    CAPTURE(measure.name);
    CHECK(names.insert(measure.name).second);
    CHECK_FALSE(measure.long_name.empty());
    CHECK_FALSE(measure.units.empty());
    CHECK(&experiment::measure_table()[experiment::measure_index(measure.name)] == &measure);
  }
  CHECK_THROWS_AS(experiment::measure_index("flatnes"), ContractViolation);
}
