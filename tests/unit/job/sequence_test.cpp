#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "job/values.hpp"
#include "seed.hpp"

using namespace flatsweep;
using namespace flatsweep::job;

TEST_CASE("a linear sequence has the values one would write by hand", "[job]") {
  CHECK(parse_sequence("lin(0, 1, 5)") == std::vector<double>{0.0, 0.25, 0.5, 0.75, 1.0});
  CHECK(parse_sequence("lin(0,1,11)")[3] == 0.3);
  CHECK(parse_sequence("lin(0.1,0.7,7)") == std::vector<double>{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7});
  CHECK(parse_sequence("lin(1, -1, 3)") == std::vector<double>{1.0, 0.0, -1.0});
  CHECK(parse_sequence("lin(0.3, 0.3, 1)") == std::vector<double>{0.3});
}

TEST_CASE("a logarithmic sequence has equal ratios and round powers of ten", "[job]") {
  CHECK(parse_sequence("log(0.001, 10, 5)") == std::vector<double>{0.001, 0.01, 0.1, 1.0, 10.0});
  CHECK(parse_sequence("log(1, 8, 4)") == std::vector<double>{1.0, 2.0, 4.0, 8.0});
  CHECK(parse_sequence("log(8, 1, 4)") == std::vector<double>{8.0, 4.0, 2.0, 1.0});
  // numpy.geomspace(0.01, 0.99, 20)[1], [10], [18]
  const std::vector<double> gamma = parse_sequence("log(0.01, 0.99, 20)");
  CHECK(gamma[1] == Approx(0.012736011170202792).epsilon(1e-14));
  CHECK(gamma[10] == Approx(0.11228824986836663).epsilon(1e-14));
  CHECK(gamma[18] == Approx(0.7773234388457554).epsilon(1e-14));
}

TEST_CASE("random sequences are exact at their ends, monotonic, and spaced as they say", "[job]") {
  auto engine = test::random_generator();
  std::uniform_real_distribution<double> exponent(-8.0, 8.0);
  for (int repetition = 0; repetition < 200; ++repetition) {
    const double lo = std::pow(10.0, exponent(engine));
    const double hi = std::pow(10.0, exponent(engine));
    const auto count = static_cast<std::size_t>(2 + engine() % 40);
    const std::string ends = shortest(lo) + ", " + shortest(hi) + ", " + std::to_string(count) + ")";
    for (const bool logarithmic : {false, true}) {
      CAPTURE(ends, logarithmic);
      const std::vector<double> values = parse_sequence((logarithmic ? "log(" : "lin(") + ends);
      REQUIRE(values.size() == count);
      CHECK(values.front() == lo);
      CHECK(values.back() == hi);
      CHECK((lo < hi ? std::ranges::is_sorted(values) : std::ranges::is_sorted(values, std::greater{})));
      for (std::size_t i = 0; i < count; ++i) {
        const double fraction = static_cast<double>(i) / static_cast<double>(count - 1);
        const double expected = logarithmic ? lo * std::pow(hi / lo, fraction) : lo + (hi - lo) * fraction;
        CHECK(std::abs(values[i] - expected) <= 1e-13 * (logarithmic ? expected : std::max(lo, hi)));
      }
    }
  }
}

TEST_CASE("what is no sequence is refused", "[job]") {
  for (const char* word :
       {"lin(0, 1)",          "lin(0, 1, 5, 7)", "lin(0, 1, 5",    "lin()",        "lin(,,)",       "(0, 1, 5)",
        "geo(1, 2, 3)",       "lin(0, 1, 5)x",   "lin(0, 1, 2.5)", "lin(0, x, 5)", "lin(0, 1, 0)",  "lin(0, 1, -3)",
        "lin(0, 1, 1)",       "log(1, 2, 1)",    "lin(1, 1, 2)",   "log(0, 1, 5)", "log(-1, 1, 5)", "log(1, -1, 5)",
        "lin(0, 1, 1000001)", "lin(0, inf, 5)",  "lin(nan, 1, 5)", "lin (0, 1, 5)"}) {
    CAPTURE(word);
    CHECK_THROWS_AS(parse_sequence(word), Error);
  }
}
