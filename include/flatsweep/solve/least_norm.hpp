#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::solve {

/// nu0 = (S S')^+ y (n), so that S'nu0 = S^+ y is the interpolator of least l2 norm. By single-precision
/// normal equations with refinement in double where S is well conditioned, else by an orthogonal
/// decomposition.
/// @param activations S, n x m
/// @throws Stopped where the request comes first
Vector least_norm_dual(const MatrixView& activations, const VectorView& labels, const StopRequest& stop = {});

}  // namespace flatsweep::solve
