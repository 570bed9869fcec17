#include "report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <random>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"

namespace flatsweep::report {
namespace {

/// Return the correlation of two lists of centred ranks.
double correlate(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 3) return not_a_number;
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  const double scale = std::sqrt(dot(x, x) * dot(y, y));
  return scale > 0 ? dot(x, y) / scale : not_a_number;
}

/// Return how often seeds are drawn anew: less often if they are many.
std::size_t resamples(std::size_t seeds) { return std::clamp<std::size_t>(1'000'000 / seeds, 100, 1000); }

constexpr double outside = 0.025;  // share of the resamples beyond each end of an interval

/// Return the central part of the numbers, NaN left out.
Interval central(std::vector<double> numbers) {
  const std::size_t all = numbers.size();
  std::erase_if(numbers, [](double number) { return std::isnan(number); });
  if (2 * numbers.size() <= all) return {not_a_number, not_a_number};
  std::ranges::sort(numbers);
  const auto beyond = static_cast<std::size_t>(outside * static_cast<double>(numbers.size()));
  return {numbers[beyond], numbers[numbers.size() - 1 - beyond]};
}

}  // namespace

Mean mean_of(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  if (values.empty()) return {not_a_number, not_a_number, 0};
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() == 1) return {mean, not_a_number, 1};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count * (count - 1))), values.size()};
}

RankCorrelation::RankCorrelation(std::vector<double> reference) : reference_(std::move(reference)) {
  std::vector<double> numbers = reference_;
  std::erase_if(numbers, [](double number) { return std::isnan(number); });
  rank(numbers, ranks_);
}

void RankCorrelation::rank(std::span<const double> values, std::vector<double>& ranks) const {
  // Value and position side by side: half the time of sorting positions alone.
  order_.resize(values.size());
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = {values[i], static_cast<std::uint32_t>(i)};
  std::ranges::sort(order_);
  const double mean = (static_cast<double>(values.size()) - 1) / 2;
  ranks.resize(values.size());
  for (std::size_t first = 0; first < order_.size();) {
    std::size_t last = first;
    while (last + 1 < order_.size() && order_[last + 1].first == order_[first].first) ++last;
    const double shared = static_cast<double>(first + last) / 2 - mean;
    for (; first <= last; ++first) ranks[order_[first].second] = shared;
  }
}

double RankCorrelation::with(std::span<const double> values) const {
  expects(values.size() == reference_.size());
  x_.clear();
  y_.clear();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]) || std::isnan(reference_[i])) continue;
    x_.push_back(values[i]);
    y_.push_back(reference_[i]);
  }
  rank(x_, x_ranks_);
  if (y_.size() == ranks_.size()) return correlate(x_ranks_, ranks_);
  rank(y_, y_ranks_);
  return correlate(x_ranks_, y_ranks_);
}

SeedTable::SeedTable(std::size_t seeds, std::size_t gammas)
    : seeds_(seeds), gammas_(gammas), values_(seeds * gammas), weights_(seeds * gammas) {}

void SeedTable::set(std::size_t seed, std::size_t gamma, double value) {
  if (std::isnan(value)) return;
  values_[seed * gammas_ + gamma] = value;
  weights_[seed * gammas_ + gamma] = 1;
}

void SeedTable::mean_over(std::span<const std::size_t> seeds, std::span<double> means) const {
  for (std::size_t k = 0; k < gammas_; ++k) {
    double sum = 0.0, weight = 0.0;
    for (const std::size_t seed : seeds) {
      sum += values_[seed * gammas_ + k];
      weight += weights_[seed * gammas_ + k];
    }
    means[k] = sum / weight;
  }
}

std::vector<Interval> bootstrap_correlations(const SeedTable& reference, std::span<const SeedTable> measures) {
  std::vector<Interval> intervals(measures.size(), Interval{not_a_number, not_a_number});
  const std::size_t seeds = reference.seeds();
  if (seeds < 2) return intervals;
  std::mt19937_64 random;  // with its default seed
  std::vector<std::size_t> drawn(seeds);
  std::vector<double> means(reference.gammas());
  std::vector<std::vector<double>> correlations(measures.size());
  for (std::size_t resample = 0; resample < resamples(seeds); ++resample) {
    for (std::size_t& seed : drawn) seed = random() % seeds;
    reference.mean_over(drawn, means);
    const RankCorrelation correlation(means);
    for (std::size_t k = 0; k < measures.size(); ++k) {
      measures[k].mean_over(drawn, means);
      correlations[k].push_back(correlation.with(means));
    }
  }
  std::ranges::transform(correlations, intervals.begin(), central);
  return intervals;
}

}  // namespace flatsweep::report
