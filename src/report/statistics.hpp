#pragma once

#include <span>
#include <vector>

#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// Return the mean of the values and its standard error.
/// @pre none is NaN
Mean mean_of(std::span<const double> values);

/// Spearman's rank correlation of several lists of numbers with one, the reference, which is ranked once.
class RankCorrelation {
 public:
  /// @param reference fewer than 2^32 numbers, some of which may be NaN
  explicit RankCorrelation(std::vector<double> reference);

  /// Return the rank correlation over the points at which neither side is NaN, ties sharing their mean rank;
  /// NaN for fewer than three points, and if one side has a single value.
  /// @param values as many as the reference has
  [[nodiscard]] double with(std::span<const double> values) const;

 private:
  std::vector<double> reference_;
  std::vector<double> ranks_;  // of its numbers
};

}  // namespace flatsweep::report
