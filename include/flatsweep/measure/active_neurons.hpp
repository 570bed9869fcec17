#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// The part of a network that computes: its neurons with a_j != 0.
struct ActiveNeurons {
  std::vector<Index> neurons;  ///< their indices, ascending: m' of them
  Matrix inner_weights;        ///< m' x d
  Vector outer_weights;        ///< m'
};

/// @param inner_weights W, m x d
/// @param outer_weights a, m
ActiveNeurons select_active(MatrixView inner_weights, VectorView outer_weights);

}  // namespace flatsweep::measure
