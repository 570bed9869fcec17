#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
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
  /// Set the ranks 0, ..., size - 1 less their mean; equal values share the mean of their ranks.
  void rank(std::span<const double> values, std::vector<double>& ranks) const;

  std::vector<double> reference_;
  std::vector<double> ranks_;  // of its numbers
  // Space of `with`, kept because a bootstrap correlates tens of thousands of short lists.
  mutable std::vector<std::pair<double, std::uint32_t>> order_;
  mutable std::vector<double> x_, y_, x_ranks_, y_ranks_;
};

/// What a measure is for every seed at every gamma.
class SeedTable {
 public:
  SeedTable(std::size_t seeds, std::size_t gammas);

  /// Set the value of a seed at a gamma; NaN and what is never set is left out of means.
  void set(std::size_t seed, std::size_t gamma, double value);

  [[nodiscard]] std::size_t seeds() const { return seeds_; }
  [[nodiscard]] std::size_t gammas() const { return gammas_; }

  /// Write the mean at every gamma over these seeds, one for each time that a seed occurs; NaN if none has a value.
  void mean_over(std::span<const std::size_t> seeds, std::span<double> means) const;

 private:
  std::size_t seeds_;
  std::size_t gammas_;
  std::vector<double> values_;   // seeds x gammas, 0 if there is none
  std::vector<double> weights_;  // 1 if there is a value, otherwise 0
};

/// Return for every measure the interval of the rank correlation of its means over gamma with those of the reference:
/// the central 95 % of it in 1000 resamples of the seeds with replacement (fewer, at least 100, of more than 1000
/// seeds), the same for every call with as many seeds. NaN for fewer than two seeds, and if half of the resamples have
/// no correlation. Source: percentile method, Efron and Tibshirani, An Introduction to the Bootstrap, section 13.3.
/// @pre all tables have the same seeds and gammas
std::vector<Interval> bootstrap_correlations(const SeedTable& reference, std::span<const SeedTable> measures);

}  // namespace flatsweep::report
