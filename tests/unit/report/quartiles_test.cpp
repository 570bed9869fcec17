#include "report/quartiles.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using flatsweep::report::Quartiles;

namespace {

Quartiles of(std::vector<double> values) { return flatsweep::report::quartiles(values); }

}  // namespace

TEST_CASE("quartiles agree with numpy.quantile", "[report]") {
  // numpy.quantile([3, 1, 4, 1.5, 9, 2.6], [0.25, 0.5, 0.75])
  const Quartiles six = of({3, 1, 4, 1.5, 9, 2.6});
  CHECK(six.lower == Approx(1.775).epsilon(1e-15));
  CHECK(six.median == Approx(2.8).epsilon(1e-15));
  CHECK(six.upper == Approx(3.75).epsilon(1e-15));
}

TEST_CASE("quartiles of one value are that value, and of none NaN", "[report]") {
  const Quartiles one = of({0.1});
  CHECK(one.lower == 0.1);
  CHECK(one.median == 0.1);
  CHECK(one.upper == 0.1);
  const Quartiles none = of({});
  CHECK(std::isnan(none.lower));
  CHECK(std::isnan(none.median));
  CHECK(std::isnan(none.upper));
}
