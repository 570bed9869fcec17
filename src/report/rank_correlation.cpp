#include "flatsweep/report/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::report {

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

double correlation_of_ranks(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size());
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (x.size() < 3) return nan;
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
  };
  const double scale = std::sqrt(dot(x, x) * dot(y, y));
  return scale > 0 ? dot(x, y) / scale : nan;
}

double rank_correlation(std::span<const double> x, std::span<const double> y) {
  return correlation_of_ranks(centred_ranks(x), centred_ranks(y));
}

}  // namespace flatsweep::report
