#include "flatsweep/experiment/outcome.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace flatsweep;
using experiment::Measure;

TEST_CASE("measures are NaN until computed, each in its own place", "[experiment]") {
  experiment::Measures measures;
  CHECK(std::ranges::all_of(measures.values(), [](double value) { return std::isnan(value); }));
  measures[Measure::gap] = 0.5;
  CHECK(measures[Measure::gap] == 0.5);
  CHECK(std::ranges::count(measures.values(), 0.5) == 1);
}

TEST_CASE("every measure has a name of its own and a description", "[experiment]") {
  std::set<std::string_view> names;
  for (const auto& description : experiment::measure_table) {
    CAPTURE(description.name);
    CHECK(names.insert(description.name).second);
    CHECK_FALSE(description.long_name.empty());
    CHECK_FALSE(description.units.empty());
  }
  CHECK(describe(Measure::objective).name == "objective");
  CHECK(describe(Measure::flatness_teacher).name == "flatness_teacher");
  CHECK(describe(Measure::population_loss_mc_error).name == "population_loss_mc_error");
  CHECK(describe(Measure::overlap).name == "overlap");
}
