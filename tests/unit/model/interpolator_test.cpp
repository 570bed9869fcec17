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
  CHECK(Interpolator::parse("minimum_l2").penalty_use() == PenaltyUse::of_program);
  CHECK(Interpolator::parse("random").penalty_use() == PenaltyUse::none);
  CHECK(Interpolator::parse("weight_decay").penalty_use() == PenaltyUse::none);
  CHECK(Interpolator::parse("fixed_decay:4").penalty_use() == PenaltyUse::of_training);
  CHECK(parse_objective("norm") == Objective::norm);
  CHECK(parse_objective("trace") == Objective::trace);
  CHECK(to_string(Objective::norm) == "norm");
  CHECK(to_string(Objective::trace) == "trace");
}

TEST_CASE("the start scale is part of a trained interpolator's name, in its shortest form", "[model]") {
  CHECK(Interpolator::parse("gradient_flow").name() == "gradient_flow:1");
  CHECK(Interpolator::parse("gradient_flow:1.0") == Interpolator::parse("gradient_flow"));
  CHECK(Interpolator::parse("sam:16").start_scale() == 16.0);
  CHECK(Interpolator::parse("weight_decay:0.5").kind() == Interpolator::parse("weight_decay").kind());
  CHECK(Interpolator::parse("flattest_network:best").name() == "flattest_network:best");
  CHECK_FALSE(Interpolator::parse("flattest_network:best").start_scale());
  CHECK_FALSE(Interpolator().start_scale());
  CHECK(Interpolator::parse("label_noise").is_trained());
  CHECK(Interpolator::parse("flattest_network:best").is_trained());
  CHECK_FALSE(Interpolator::parse("random").is_trained());
}

TEST_CASE("a start scale that is none, or has no use, is an error", "[model]") {
  using Catch::Contains;
  for (const char* name : {"sam:0", "sam:-1", "sam:x", "sam:", "sam:nan", "sam:1e9", "gradient_flow:best", "sam:1:2"})
    CHECK_THROWS_WITH(Interpolator::parse(name), Contains("has no valid start scale"));
  CHECK_THROWS_WITH(Interpolator::parse("flattest_network:bst"), Contains("or best"));
  CHECK_THROWS_WITH(Interpolator::parse("flattest:1"), Contains("unknown interpolator"));
}

TEST_CASE("an unknown interpolator or objective is an error that names the nearest one", "[model]") {
  using Catch::Contains;
  CHECK_THROWS_WITH(Interpolator::parse("flatest"), Contains("unknown interpolator") && Contains("`flattest`"));
  CHECK_THROWS_WITH(parse_objective("trase"), Contains("unknown objective") && Contains("`trace`"));
}
