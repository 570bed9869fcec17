#include "job/values.hpp"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "flatsweep/core/text.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::job;
using Numbers = std::vector<double>;
using Integers = std::vector<std::int64_t>;

TEST_CASE("numbers are whole, finite words", "[job]") {
  CHECK(parse_number("0.5") == 0.5);
  CHECK(parse_number("5e-1") == 0.5);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("-2") == -2.0);
  CHECK_FALSE(std::signbit(parse_number("-0")));
  for (const char* word : {"", "x", "0.5x", "0.1,", "0,5", "+1", "1e", "--1", "inf", "-inf", "nan", "1e309", "1e-400",
                           "0x10", "1 2", "0..9"}) {
    CAPTURE(word);
    CHECK_THROWS_AS(parse_number(word), Error);
  }
}

TEST_CASE("integers are whole words of 64 bits", "[job]") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-7") == -7);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  for (const char* word : {"", "9223372036854775808", "1e3", "1.0", "+1", "5,", "five", "0x10", " 1"}) {
    CAPTURE(word);
    CHECK_THROWS_AS(parse_integer(word), Error);
  }
}

TEST_CASE("switches are on or off", "[job]") {
  CHECK(parse_switch("on"));
  CHECK_FALSE(parse_switch("off"));
  for (const char* word : {"", "On", "yes", "true", "1", "on off"}) CHECK_THROWS_AS(parse_switch(word), Error);
}

TEST_CASE("lists of numbers mix numbers and sequences", "[job]") {
  CHECK(parse_numbers("").empty());
  CHECK(parse_numbers("0.1 0.5 lin(0.6,0.9,4)") == Numbers{0.1, 0.5, 0.6, 0.7, 0.8, 0.9});
  CHECK(parse_numbers("log(0.1, 10, 3)  0") == Numbers{0.1, 1.0, 10.0, 0.0});
}

TEST_CASE("lists of integers mix integers and inclusive ranges", "[job]") {
  CHECK(parse_integers("").empty());
  CHECK(parse_integers("0..3 7 9..11") == Integers{0, 1, 2, 3, 7, 9, 10, 11});
  CHECK(parse_integers("4..4") == Integers{4});
  CHECK(parse_integers("-2..1") == Integers{-2, -1, 0, 1});
  CHECK(parse_integers("9223372036854775806..9223372036854775807").size() == 2);
  for (const char* text : {"9..0", "0...9", "0..", "..9", "0 .. 9", "0..x", "1..2..3", "log(1, 8, 4)", "0.5"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(parse_integers(text), Error);
  }
}

TEST_CASE("lists end at a million values, before memory does", "[job]") {
  CHECK(parse_integers("1..1000000").size() == most_values);
  CHECK_THROWS_AS(parse_integers("0..1000000"), Error);
  CHECK_THROWS_AS(parse_integers("1..1000000 0"), Error);
  CHECK_THROWS_AS(parse_integers("-9223372036854775808..9223372036854775807"), Error);
  CHECK_THROWS_AS(parse_numbers("lin(0, 1, 600000) lin(2, 3, 600000)"), Error);
}

TEST_CASE("numbers survive text, and text is shortest", "[job]") {
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(10.0) == "10");
  CHECK(shortest(1e-3) == "0.001");
  auto engine = test::random_generator();
  for (int repetition = 0; repetition < 1000; ++repetition) {
    const double number = std::bit_cast<double>(engine());
    if (!std::isnormal(number)) continue;
    CHECK(parse_number(shortest(number)) == number);
  }
}

TEST_CASE("integers are written as ranges where that is shorter", "[job]") {
  CHECK(to_text(Integers{}).empty());
  CHECK(to_text(Integers{5}) == "5");
  CHECK(to_text(Integers{1, 2}) == "1 2");
  CHECK(to_text(Integers{0, 1, 2, 3, 7, 9, 10, 11}) == "0..3 7 9..11");
  CHECK(to_text(Integers{3, 2, 1}) == "3 2 1");
  CHECK(to_text(Integers{9223372036854775805, 9223372036854775806, 9223372036854775807, 0}) ==
        "9223372036854775805..9223372036854775807 0");
}
