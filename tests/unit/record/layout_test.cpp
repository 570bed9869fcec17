#include "flatsweep/record/layout.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;

TEST_CASE("the layout has every column of the specification, status last", "[record]") {
  const job::Job job = small_job();
  const Layout layout(job);
  std::vector<std::string> names;
  for (const Variable& variable : layout.variables()) names.push_back(variable.name);
  for (const auto& measure : experiment::measure_table()) CHECK(std::ranges::count(names, measure.name) == 1);
  for (const char* name : {"soft_rank", "iterations", "sample_seconds", "solve_seconds", "measure_seconds",
                           "rank", "attempts", "checksum", "status"})
    CHECK(std::ranges::count(names, name) == 1);
  CHECK(std::ranges::count(names, "outer_weights") == 0);
  CHECK(names.back() == "status");
  CHECK(layout.rows() == job.grid.size());
  CHECK(layout.values_per_row() == experiment::Measures(job.settings.ridge.size()).values().size());
}

TEST_CASE("outer weights have an axis as long as the widest network", "[record]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const Layout layout(job);
  CHECK(layout.neurons() == static_cast<std::size_t>(job.grid.largest_width()));
  CHECK(layout.values().back().name == "outer_weights");
}

TEST_CASE("the volatile columns are paths of variables that carry time or place", "[record]") {
  CHECK(volatile_columns() == std::vector<std::string>{"/sample_seconds", "/solve_seconds",
                                                       "/measure_seconds", "/rank", "/attempts"});
}
