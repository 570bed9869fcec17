#include "flatsweep/model/interpolator.hpp"

#include <catch2/catch.hpp>

using namespace flatsweep::model;

TEST_CASE("interpolators and objectives are read and written by name", "[model]") {
  CHECK(parse_interpolator("flattest") == Interpolator::flattest);
  CHECK(parse_interpolator("minimum_l2") == Interpolator::minimum_l2);
  CHECK(parse_interpolator("random") == Interpolator::random);
  for (const std::string& name : interpolator_names()) CHECK(to_string(parse_interpolator(name)) == name);
  CHECK(interpolator_names().size() == 3);
  CHECK(parse_objective("norm") == Objective::norm);
  CHECK(parse_objective("trace") == Objective::trace);
  CHECK(to_string(Objective::norm) == "norm");
  CHECK(to_string(Objective::trace) == "trace");
}

TEST_CASE("an unknown interpolator or objective is an error that names the nearest one", "[model]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(parse_interpolator("flatest"),
                    Contains("unknown interpolator") && Contains("`flattest`"));
  CHECK_THROWS_WITH(parse_objective("trase"), Contains("unknown objective") && Contains("`trace`"));
}
