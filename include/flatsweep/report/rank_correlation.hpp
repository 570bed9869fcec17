#pragma once

#include <span>

namespace flatsweep::report {

/// Spearman's rank correlation, ties sharing their mean rank. NaN for fewer than three points, and where one
/// side has a single value.
/// @pre equally many finite numbers
double rank_correlation(std::span<const double> x, std::span<const double> y);

}  // namespace flatsweep::report
