#include "flatsweep/model/target.hpp"

#include <catch2/catch.hpp>
#include <numbers>

using namespace flatsweep::model;

TEST_CASE("coefficients are read and written by name", "[model]") {
  CHECK(parse_coefficients("equal") == Coefficients::equal);
  CHECK(parse_coefficients("random") == Coefficients::random);
  CHECK(to_string(Coefficients::equal) == "equal");
  CHECK(to_string(Coefficients::random) == "random");
  CHECK_THROWS_WITH(parse_coefficients("equals"), Catch::Contains("`equal`"));
}

TEST_CASE("an offset is a number or the spread of a draw, written canonically", "[model]") {
  CHECK(parse_offset("0.5") == Offset{0.5, 0.0});
  CHECK(parse_offset("-2") == Offset{-2.0, 0.0});
  CHECK(parse_offset("normal:1") == Offset{0.0, 1.0});
  CHECK(to_string(parse_offset("5e-1")) == "0.5");
  CHECK(to_string(parse_offset("normal:2.50")) == "normal:2.5");
  CHECK(to_string(parse_offset("-0")) == "0");
  CHECK(to_string(parse_offset("normal:0")) == "0");
}

TEST_CASE("an offset that is neither is an error with a remedy", "[model]") {
  for (const char* text : {"", "x", "1x", "nan", "inf", "1e999", "normal:", "normal:-1", "normal:nan", "Normal:1"}) {
    CAPTURE(text);
    CHECK_THROWS_WITH(parse_offset(text), Catch::Contains("Write e.g. 0, 0.5 or normal:1"));
  }
}

TEST_CASE("the variance of a quadratic form is known in closed form", "[model]") {
  using std::numbers::pi;
  CHECK(quadratic_form_variance(2) == Approx(0.5 - 1.0 / (pi * pi)));  // E|q_1 q_2| = 2/pi
  CHECK(quadratic_form_variance(3) == quadratic_form_variance(2));
  CHECK(quadratic_form_variance(4) == Approx(0.5 - 0.125));                           // Laplace's distribution
  CHECK(quadratic_form_variance(2'000'000) == Approx(0.5 - 0.5 / pi).epsilon(1e-6));  // the normal one
}
