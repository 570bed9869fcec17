#include "flatsweep/core/text.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace flatsweep;

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
