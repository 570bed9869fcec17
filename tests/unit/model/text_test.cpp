#include "model/text.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace flatsweep::model;

TEST_CASE("the shortest text of a number reads back as the same number", "[model]") {
  for (const double number : {0.1, 1.0 / 3.0, 1e-300, -2.5, 1e22, std::nextafter(0.1, 1.0)}) {
    CHECK(parse_number(shortest(number)) == number);
  }
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(std::numeric_limits<double>::lowest()).size() < 32);
}

TEST_CASE("only a text that spells a finite number in full is one", "[model]") {
  for (const char* text : {"", "1 ", " 1", "1,5", "inf", "nan", "1e999", "0x", "one"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}
