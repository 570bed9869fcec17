#include "model/text.hpp"

#include <catch2/catch.hpp>

using namespace flatsweep::model;

TEST_CASE("only a text that spells a finite number in full is one", "[model]") {
  for (const char* text : {"", "1 ", " 1", "1,5", "inf", "nan", "1e999", "0x", "one"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}
