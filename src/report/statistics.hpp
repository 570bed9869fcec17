#pragma once

#include <span>
#include <vector>

#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// Return the mean of the values and its standard error.
Mean mean_of(std::span<const double> values);

/// Return the ranks 0, ..., size - 1 less their mean; equal values share the mean of their ranks.
/// @pre finite numbers, fewer than 2^32
std::vector<double> centred_ranks(std::span<const double> values);

/// Return the correlation of two lists of centred ranks: NaN for fewer than three, and if one side has a
/// single value.
/// @pre equally many
double correlation_of_ranks(std::span<const double> x, std::span<const double> y);

/// Return Spearman's rank correlation, ties sharing their mean rank: NaN for fewer than three points, and if
/// one side has a single value.
/// @pre equally many finite numbers
double rank_correlation(std::span<const double> x, std::span<const double> y);

}  // namespace flatsweep::report
