#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::sample {

/// Sample the inner weights W: width x d with unit rows w_j = gamma U's_j + sqrt(1 - gamma^2) v_j, so that
/// ||U w_j|| = gamma exactly (arXiv 2606.04429, section 6.1). s_j depends on (seed, r, j), v_j's Gaussian on
/// (seed, d, j).
/// @param index_directions U, r x d with orthonormal rows, r < d
/// @param gamma alignment of neurons and index directions, in [0, 1]
Matrix sample_inner_weights(std::uint64_t seed, const MatrixView& index_directions, Index width, double gamma);

}  // namespace flatsweep::sample
