#include "report/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"

namespace flatsweep::report {
namespace {

/// Return the ranks 0, ..., size - 1 less their mean; equal values share the mean of their ranks.
std::vector<double> centred_ranks(std::span<const double> values) {
  // Value and position side by side: half the time of sorting positions alone.
  std::vector<std::pair<double, std::uint32_t>> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = {values[i], static_cast<std::uint32_t>(i)};
  std::ranges::sort(order);
  const double mean = (static_cast<double>(values.size()) - 1) / 2;
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && order[last + 1].first == order[first].first) ++last;
    const double shared = static_cast<double>(first + last) / 2 - mean;
    for (; first <= last; ++first) ranks[order[first].second] = shared;
  }
  return ranks;
}

/// Return the correlation of two lists of centred ranks.
double correlate(std::span<const double> x, std::span<const double> y) {
  if (x.size() < 3) return not_a_number;
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  const double scale = std::sqrt(dot(x, x) * dot(y, y));
  return scale > 0 ? dot(x, y) / scale : not_a_number;
}

}  // namespace

Mean mean_of(std::span<const double> values) {
  const auto count = static_cast<double>(values.size());
  if (values.empty()) return {not_a_number, not_a_number};
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  if (values.size() == 1) return {mean, not_a_number};
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / (count * (count - 1)))};
}

RankCorrelation::RankCorrelation(std::vector<double> reference) : reference_(std::move(reference)) {
  std::vector<double> numbers = reference_;
  std::erase_if(numbers, [](double number) { return std::isnan(number); });
  ranks_ = centred_ranks(numbers);
}

double RankCorrelation::with(std::span<const double> values) const {
  expects(values.size() == reference_.size());
  std::vector<double> x, y;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]) || std::isnan(reference_[i])) continue;
    x.push_back(values[i]);
    y.push_back(reference_[i]);
  }
  return y.size() == ranks_.size() ? correlate(centred_ranks(x), ranks_)
                                   : correlate(centred_ranks(x), centred_ranks(y));
}

}  // namespace flatsweep::report
