#include "flatsweep/report/rank_correlation.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using flatsweep::report::rank_correlation;

namespace {

double correlate(const std::vector<double>& x, const std::vector<double>& y) {
  return rank_correlation(x, y);
}

}  // namespace

TEST_CASE("rank correlation is one for any increasing and minus one for any decreasing relation",
          "[report]") {
  const std::vector<double> x = {-2, 0.5, 1, 3, 10};
  std::vector<double> increasing;
  std::vector<double> decreasing;
  for (const double value : x) {
    increasing.push_back(std::exp(value));
    decreasing.push_back(-value * value * value);
  }
  CHECK(correlate(x, increasing) == Approx(1));
  CHECK(correlate(x, decreasing) == Approx(-1));
}

TEST_CASE("rank correlation agrees with scipy.stats.spearmanr, with and without ties", "[report]") {
  // spearmanr([3, 1, 4, 1.5, 9, 2.6], [2, 7, 1, 8, 2.8, 1.9]), and of the tied lists below
  CHECK(correlate({3, 1, 4, 1.5, 9, 2.6}, {2, 7, 1, 8, 2.8, 1.9}) ==
        Approx(-0.5428571428571429).epsilon(1e-14));
  CHECK(correlate({1, 2, 2, 3, 3, 3, 4}, {5, 1, 4, 4, 2, 2, 0}) ==
        Approx(-0.6383558446971163).epsilon(1e-14));
}

TEST_CASE("rank correlation is NaN where there is nothing to order", "[report]") {
  CHECK(std::isnan(correlate({}, {})));
  CHECK(std::isnan(correlate({1, 2}, {1, 2})));
  CHECK(std::isnan(correlate({1, 1, 1}, {1, 2, 3})));
}
