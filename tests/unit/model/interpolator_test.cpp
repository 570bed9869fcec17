#include "flatsweep/model/interpolator.hpp"

#include <catch2/catch.hpp>

using namespace flatsweep::model;

TEST_CASE("interpolators and objectives are read and written by name", "[model]") {
  CHECK(Interpolator::parse("flattest") == Interpolator());
  const std::vector<std::string> names = Interpolator::names();
  for (std::size_t kind = 0; kind < names.size(); ++kind) {
    CHECK(Interpolator::parse(names[kind]).name() == names[kind]);
    CHECK(Interpolator::parse(names[kind]).kind() == kind);
    CHECK((Interpolator::parse(names[kind]) == Interpolator()) == (kind == 0));
  }
  CHECK(parse_objective("norm") == Objective::norm);
  CHECK(parse_objective("trace") == Objective::trace);
  CHECK(to_string(Objective::norm) == "norm");
  CHECK(to_string(Objective::trace) == "trace");
}

TEST_CASE("an unknown interpolator or objective is an error that names the nearest one", "[model]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(Interpolator::parse("flatest"), Contains("unknown interpolator") && Contains("`flattest`"));
  CHECK_THROWS_WITH(parse_objective("trase"), Contains("unknown objective") && Contains("`trace`"));
}
