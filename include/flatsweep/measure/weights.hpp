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

/// @param outer_weights a, m
WeightSummary summarise(VectorView outer_weights);

/// max_{j != k} |w_j . w_k| over the rows of W (m x d): how well the neurons are separated
/// (arXiv 2606.04429, Def. 2). NaN for m = 1. By tiles: needs no m x m matrix.
double overlap(MatrixView inner_weights);

}  // namespace flatsweep::measure
