#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// Sizes of the outer weights a (arXiv 2606.04429, Prop. 2: balanced at the flattest).
struct WeightSummary {
  double l1;       ///< ||a||_1
  double l2;       ///< ||a||_2
  double max;      ///< max |a_j|
  double support;  ///< count of |a_j| > 1e-9 max |a|
};

/// Return the sizes of the outer weights; zeros if there are none.
/// @param outer_weights a, m
WeightSummary summarise(const VectorView& outer_weights);

/// Return max_{j != k} |w_j . w_k| over the rows of W, which says how well the neurons are separated
/// (arXiv 2606.04429, Def. 2); NaN if m = 1. Computed by tiles, without an m x m matrix.
/// @param inner_weights W, m x d
double overlap(const MatrixView& inner_weights);

}  // namespace flatsweep::measure
