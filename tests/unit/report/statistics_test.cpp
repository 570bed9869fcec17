#include "report/statistics.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using flatsweep::report::Mean;
using flatsweep::report::mean_of;
using flatsweep::report::RankCorrelation;

namespace {

double correlate(const std::vector<double>& x, const std::vector<double>& y) { return RankCorrelation(y).with(x); }

}  // namespace

TEST_CASE("rank correlation is one for any increasing and minus one for any decreasing relation", "[report]") {
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
  CHECK(correlate({3, 1, 4, 1.5, 9, 2.6}, {2, 7, 1, 8, 2.8, 1.9}) == Approx(-0.5428571428571429).epsilon(1e-14));
  CHECK(correlate({1, 2, 2, 3, 3, 3, 4}, {5, 1, 4, 4, 2, 2, 0}) == Approx(-0.6383558446971163).epsilon(1e-14));
}

TEST_CASE("rank correlation is NaN if there is nothing to order", "[report]") {
  CHECK(std::isnan(correlate({}, {})));
  CHECK(std::isnan(correlate({1, 2}, {1, 2})));
  CHECK(std::isnan(correlate({1, 1, 1}, {1, 2, 3})));
}

TEST_CASE("rank correlation leaves out points at which one side is NaN", "[report]") {
  const double none = std::nan("");
  const RankCorrelation reference({2, none, 7, 1, 8, 2.8, 1.9});
  CHECK(reference.with(std::vector<double>{3, 5, 1, 4, 1.5, 9, 2.6}) ==
        correlate({3, 1, 4, 1.5, 9, 2.6}, {2, 7, 1, 8, 2.8, 1.9}));
  CHECK(reference.with(std::vector<double>{3, 5, none, 4, 1.5, 9, 2.6}) ==
        correlate({3, 4, 1.5, 9, 2.6}, {2, 1, 8, 2.8, 1.9}));
}

TEST_CASE("mean and standard error agree with numpy.mean and scipy.stats.sem", "[report]") {
  // mean and sem of [3, 1, 4, 1.5, 9, 2.6]
  const Mean six = mean_of(std::vector<double>{3, 1, 4, 1.5, 9, 2.6});
  CHECK(six.value == Approx(3.516666666666667).epsilon(1e-15));
  CHECK(six.standard_error == Approx(1.1805130711309855).epsilon(1e-15));
}

TEST_CASE("one value has no standard error, and no value no mean", "[report]") {
  CHECK(mean_of(std::vector<double>{0.1}).value == 0.1);
  CHECK(std::isnan(mean_of(std::vector<double>{0.1}).standard_error));
  CHECK(std::isnan(mean_of({}).value));
  CHECK(std::isnan(mean_of({}).standard_error));
}
