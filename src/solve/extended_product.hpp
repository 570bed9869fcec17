#pragma once

#include "flatsweep/core/matrix.hpp"

/// Matrix-vector products as if in twice the working precision, rounded once at the end
/// (Ogita, Rump & Oishi 2005, "Accurate sum and dot product", Dot2). Bandwidth-bound, no allocation.
namespace flatsweep::solve {

/// result := y - S a, with S of size n x m.
/// @param carry n, scratch
void extended_residual(const MatrixView& activations, const VectorView& outer_weights, const VectorView& labels,
                       Eigen::Ref<Vector> result, Eigen::Ref<Vector> carry);

/// result := S'nu, m.
void extended_transposed_product(const MatrixView& activations, const VectorView& dual, Eigen::Ref<Vector> result);

/// x'y.
double extended_dot(const VectorView& x, const VectorView& y);

}  // namespace flatsweep::solve
