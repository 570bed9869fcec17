#include "report/statistics.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "flatsweep/core/matrix.hpp"

using flatsweep::not_a_number;
using flatsweep::report::bootstrap_correlations;
using flatsweep::report::Interval;
using flatsweep::report::Mean;
using flatsweep::report::mean_of;
using flatsweep::report::RankCorrelation;
using flatsweep::report::SeedTable;

namespace {

/// A table of values by seed, then by gamma.
SeedTable table_of(const std::vector<std::vector<double>>& values) {
  SeedTable table(values.size(), values.front().size());
  for (std::size_t seed = 0; seed < values.size(); ++seed)
    for (std::size_t gamma = 0; gamma < values[seed].size(); ++gamma) table.set(seed, gamma, values[seed][gamma]);
  return table;
}

Interval interval(const std::vector<std::vector<double>>& reference, const std::vector<std::vector<double>>& measure) {
  return bootstrap_correlations(table_of(reference), std::vector{table_of(measure)}).front();
}

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

TEST_CASE("the interval over two seeds spans the correlations of the three samples of them", "[report]") {
  const std::vector<std::vector<double>> loss = {{1, 2, 3, 4, 5}, {2, 1, 9, 3, 5}};
  const std::vector<std::vector<double>> flatness = {{1, 3, 2, 4, 5}, {5, 2, 1, 9, 4}};
  std::vector<double> mean_loss, mean_flatness;
  for (std::size_t k = 0; k < 5; ++k) {
    mean_loss.push_back((loss[0][k] + loss[1][k]) / 2);
    mean_flatness.push_back((flatness[0][k] + flatness[1][k]) / 2);
  }
  const std::vector<double> possible = {correlate(flatness[0], loss[0]), correlate(flatness[1], loss[1]),
                                        correlate(mean_flatness, mean_loss)};
  const Interval found = interval(loss, flatness);
  CHECK(found.lower == Approx(std::ranges::min(possible)));
  CHECK(found.upper == Approx(std::ranges::max(possible)));
  CHECK(found.lower < found.upper);
}

TEST_CASE("the interval leaves one resample in forty out at each end", "[report]") {
  std::vector<std::vector<double>> loss(7, {1, 2, 3, 4});
  loss[6] = {10, 6, 2, -2};
  const std::vector<std::vector<double>> flatness(7, {1, 2, 3, 4});
  // drawn k of 7 times: means 1 + 9 k/7, 2 + 4 k/7, 3 - k/7, 4 - 6 k/7, reversed for k >= 2, in 26 of 100 resamples
  CHECK(interval(loss, flatness).lower == Approx(-1));
  CHECK(interval(loss, flatness).upper == Approx(1));
  loss[6] = {3, 2, 1, 0};  // reversed for k >= 4 of 7, in 1 of 100 resamples
  CHECK(interval(loss, flatness).lower == Approx(1));
}

TEST_CASE("a seed without a value at a gamma is left out of its mean, and one seed has no interval", "[report]") {
  const std::vector<std::vector<double>> loss = {{1, 2, 3, 4}, {1, not_a_number, 3, 4}, {1, 2, 3, not_a_number}};
  const std::vector<std::vector<double>> flatness = {{4, 5, 6, 7}, {4, not_a_number, 6, 7}, {4, 5, 6, not_a_number}};
  CHECK(interval(loss, flatness).lower == Approx(1));
  CHECK(interval(loss, flatness).upper == Approx(1));
  CHECK(std::isnan(interval({{1, 2, 3}}, {{1, 2, 3}}).lower));
  CHECK(std::isnan(interval({{1, 1, 1}, {1, 1, 1}}, {{1, 2, 3}, {1, 2, 3}}).upper));
}
