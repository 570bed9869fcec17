#include "measure/arc_cosine.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using flatsweep::measure::arc_cosine;

TEST_CASE("the vectorisable arc cosine is within 4 units in the last place of the true one", "[measure]") {
  constexpr double eps = std::numeric_limits<double>::epsilon();
  double worst = 0.0;
  const auto check = [&](double x) {
    const long double truth = std::acos(static_cast<long double>(x));
    const auto error = static_cast<double>(std::abs(arc_cosine(x) - truth));
    worst = std::max(worst, truth == 0 ? error / eps : error / (eps * static_cast<double>(truth)));
  };
  constexpr int steps = 1'000'003;
  for (int i = 0; i <= steps; ++i) check(-1.0 + 2.0 * i / steps);
  for (double distance = 1e-16; distance < 0.1; distance *= 1.0007) {
    for (const double centre : {-1.0, -0.5, 0.0, 0.5, 1.0}) {
      check(std::max(-1.0, centre - distance));
      check(std::min(1.0, centre + distance));
    }
  }
  CHECK(worst <= 4.0);
  CHECK(arc_cosine(1.0) == 0.0);
  CHECK(arc_cosine(-1.0) == Approx(std::acos(-1.0)).epsilon(eps));
}
