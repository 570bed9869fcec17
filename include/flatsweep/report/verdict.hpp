#pragma once

#include <string>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/report/curves.hpp"

namespace flatsweep::report {

/// How the flatness of a curve orders its gammas by loss.
enum class Order {
  unknown,  ///< fewer than three gammas count, or all have the same loss
  better,   ///< flatter gammas have less loss: the interval of Spearman's correlation is above 0
  worse,    ///< flatter gammas have more loss: the interval is below 0
  unclear,  ///< the interval holds 0
  one_seed  ///< there is no interval
};

/// Return how flatness orders the gammas by loss.
Order order_of(const Curve& curve);

/// Return the verdict in a few words, without a comma: `flatter is better`, and if so `; no gamma beats the mean`.
std::string words_of(const Curve& curve);

/// Return what stands in the table of verdicts, at most 19 characters: that no gamma beats the mean, otherwise the
/// order.
std::string short_words_of(const Curve& curve);

/// Return the same in at most 8 characters: `none < 1` if no gamma beats the mean, whose loss is 1.
std::string abbreviation_of(const Curve& curve);

/// Return the verdict in sentences, one a line: the order with its correlation and interval, the flattest and the best
/// gamma with their losses and what the flattest costs, and whether a gamma beats predicting the mean.
/// @param gamma the axis
std::string sentences_of(const Curve& curve, const job::Axis& gamma);

}  // namespace flatsweep::report
