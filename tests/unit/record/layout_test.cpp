#include "flatsweep/record/layout.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "record/row_block.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;

TEST_CASE("the layout has every variable of the specification, status last", "[record]") {
  const job::Job job = small_job();
  const Layout layout(job);
  std::vector<std::string> names;
  for (const Variable& variable : layout.variables()) names.push_back(variable.name);
  for (const auto& measure : experiment::measure_table()) CHECK(std::ranges::count(names, measure.name) == 1);
  for (const char* name : {"soft_rank", "iterations", "sample_seconds", "solve_seconds", "measure_seconds", "rank",
                           "attempts", "checksum", "status"})
    CHECK(std::ranges::count(names, name) == 1);
  CHECK(std::ranges::count(names, "outer_weights") == 0);
  CHECK(names.back() == "status");
  CHECK(layout.rows() == job.grid.size());
  CHECK(layout.values_per_row() == experiment::Measures(job.settings.ridge.size()).values().size());
}

TEST_CASE("outer weights have an axis as long as the widest network", "[record]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const Layout layout(job);
  CHECK(layout.extra_axes().back().size() == static_cast<std::size_t>(job.grid.largest_width()));
  CHECK(layout.values().back().name == "outer_weights");
}

TEST_CASE("the volatile variables are paths of variables that carry time or place", "[record]") {
  CHECK(volatile_variables() ==
        std::vector<std::string>{"/sample_seconds", "/solve_seconds", "/measure_seconds", "/rank", "/attempts"});
}

namespace {

std::vector<std::string> names_of(const std::vector<job::Axis>& axes) {
  std::vector<std::string> names;
  for (const job::Axis& axis : axes) names.push_back(axis.name);
  return names;
}

}  // namespace

TEST_CASE("a file that has all has the layout of a new one", "[record]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const Layout fresh(job);
  const Layout layout(job, names_of(fresh.axes()), fresh.variables());
  CHECK(layout.missing().empty());
  CHECK(layout.shape() == fresh.shape());
  CHECK(std::ranges::equal(layout.variables(), fresh.variables(), {}, &Variable::name, &Variable::name));
  CHECK(layout.values_per_row() == fresh.values_per_row());
}

TEST_CASE("a file may lack variables, and have ones that nobody knows", "[record]") {
  const job::Job job = small_job();
  const Layout fresh(job);
  std::vector<Variable> stored = fresh.variables();
  std::erase_if(stored,
                [](const Variable& variable) { return variable.name == "flatness" || variable.name == "solver_path"; });
  stored.insert(stored.begin() + 2, {"tomorrow", "", "1", ElementType::float64, 0});
  stored.push_back({"counter", "", "1", ElementType::int32, 0});
  const Layout layout(job, names_of(fresh.axes()), stored);
  CHECK(layout.missing() == std::vector<std::string>{"flatness", "solver_path"});
  CHECK(layout.values()[2].name == "tomorrow");
  CHECK(layout.values_per_row() == fresh.values_per_row());
  CHECK_FALSE(layout.has("flatness"));
  CHECK_FALSE(layout.has("counter"));
  CHECK(layout.variables().back().name == "status");

  const experiment::Outcome outcome = numbered_outcome(3, job);
  const RowBlock block(layout, std::span(&outcome, 1));
  CHECK(std::isnan(block.values(0)[2]));
  const experiment::Outcome again = block.outcome(0);
  CHECK(again.measures["gap"] == outcome.measures["gap"]);
  CHECK(std::isnan(again.measures["flatness"]));
}

TEST_CASE("a file may lack an axis of one value, but neither others nor statuses", "[record]") {
  const job::Job job = small_job();
  const Layout fresh(job);
  std::vector<std::string> axes = names_of(fresh.axes());
  std::erase(axes, "noise");
  const Layout layout(job, axes, fresh.variables());
  CHECK(layout.axes().size() == fresh.axes().size());
  CHECK(names_of(layout.stored_axes()) == axes);
  CHECK(layout.shape().size() == axes.size());
  CHECK(layout.rows() == fresh.rows());

  std::erase(axes, "seed");
  CHECK_THROWS_WITH(Layout(job, axes, fresh.variables()), Catch::Contains("lacks `seed`"));
  std::vector<Variable> stored = fresh.variables();
  stored.pop_back();
  CHECK_THROWS_WITH(Layout(job, names_of(fresh.axes()), stored), Catch::Contains("lacks `status`"));
}
