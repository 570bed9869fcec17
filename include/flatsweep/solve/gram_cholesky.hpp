#pragma once

#include <optional>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// The Cholesky factor L (n x n, lower, zeros above) of S S', where S S' has full rank beyond doubt: a
/// condition of at most 1e11, so that L^-1 S is orthonormal to about five digits.
std::optional<Matrix> gram_cholesky(const MatrixView& activations);

}  // namespace flatsweep::solve
