#pragma once

#include <span>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// The solution nu of B'nu = s in doubles that keep |B'nu - s| small, where plain rounding of an
/// ill-conditioned system would not: with B' = Q R, entries are rounded from the last to the first, and each
/// absorbs the rounding errors of those after it (Babai's nearest plane on the lattice of doubles). Where B
/// has fewer columns than rows, as many entries as it has columns move, and the others stay.
/// @param columns of S that form B, k <= n of them
/// @param costs s, k
/// @param dual nu to start from, n; replaced
/// @pre B has rank k
void round_dual(const MatrixView& activations, std::span<const Index> columns, const VectorView& costs,
                Eigen::Ref<Vector> dual);

}  // namespace flatsweep::solve
