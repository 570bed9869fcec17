#include "flatsweep/core/text.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep {
namespace {

enum class Colour { red, green };

constexpr EnumNames<Colour, 2> colours{"colour", {"red", "green"}};

}  // namespace

TEST_CASE("only a text that spells a number in full is one", "[core]") {
  for (const char* text : {"", "1 ", " 1", "1,5", "+1", "1e999", "0x", "one", "--1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_double(text).has_value());
    CHECK_FALSE(parse_integer(text).has_value());
  }
  CHECK(parse_double("-1.5e-3") == -1.5e-3);
  CHECK(parse_double("7") == 7.0);
  CHECK(std::isinf(parse_double("inf").value()));
  CHECK(std::isnan(parse_double("nan").value()));
  CHECK(parse_integer("-7") == -7);
  CHECK_FALSE(parse_integer("7.0").has_value());
}

TEST_CASE("a number that does not fit is told from a text that is none", "[core]") {
  CHECK(parse<double>("1e999").out_of_range);
  CHECK_FALSE(parse<double>("1e999x").out_of_range);
  CHECK_FALSE(parse<double>("one").out_of_range);
  CHECK(parse<std::int64_t>("9223372036854775808").out_of_range);
  CHECK(parse<std::int64_t>("9223372036854775807").number == INT64_MAX);
  CHECK_FALSE(parse_integer<std::uint8_t>("256").has_value());
  CHECK(parse_integer<std::uint8_t>("255") == 255);
}

TEST_CASE("values of an enumeration are read and written by name", "[core]") {
  CHECK(colours.parse("red") == Colour::red);
  CHECK(colours.parse("green") == Colour::green);
  CHECK(colours.name(Colour::green) == "green");
  CHECK(colours.all() == std::vector<std::string>{"red", "green"});
}

TEST_CASE("an unknown name is an error that suggests the nearest one", "[core]") {
  CHECK_THROWS_WITH(colours.parse("gren"),
                    "unknown colour `gren` (the nearest known one is `green`). Write one of red, green.");
}

TEST_CASE("the shortest text of a number reads back as the same number", "[core]") {
  for (const double number : {0.1, 1.0 / 3.0, 1e-300, -2.5, 1e22, std::nextafter(0.1, 1.0)})
    CHECK(std::stod(shortest(number)) == number);
  CHECK(shortest(0.1) == "0.1");
  CHECK(shortest(std::numeric_limits<double>::lowest()).size() < 32);
}

TEST_CASE("a text is cut between two characters", "[core]") {
  const std::string text = "a\u00e9\u20ac\U0001f600z";  // of 1, 2, 3, 4 and 1 bytes
  const std::size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
  for (std::size_t most = 0; most < std::size(ends); ++most) CHECK(first_bytes(text, most).size() == ends[most]);
}

}  // namespace flatsweep
