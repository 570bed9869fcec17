#include "flatsweep/report/rank_correlation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::report {

namespace {

// Ranks 0, ..., size - 1 less their mean; equal values share the mean of their ranks.
std::vector<double> centred_ranks(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  const double mean = (static_cast<double>(values.size()) - 1) / 2;
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]]) ++last;
    const double shared = static_cast<double>(first + last) / 2 - mean;
    for (; first <= last; ++first) ranks[order[first]] = shared;
  }
  return ranks;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

double rank_correlation(std::span<const double> x, std::span<const double> y) {
  expects(x.size() == y.size());
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (x.size() < 3) return nan;
  const std::vector<double> ranks_x = centred_ranks(x);
  const std::vector<double> ranks_y = centred_ranks(y);
  const double scale = std::sqrt(dot(ranks_x, ranks_x) * dot(ranks_y, ranks_y));
  return scale > 0 ? dot(ranks_x, ranks_y) / scale : nan;
}

}  // namespace flatsweep::report
