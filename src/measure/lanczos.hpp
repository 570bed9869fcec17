#pragma once

#include <functional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// y := A x for a symmetric positive semidefinite A (n x n).
using SymmetricOperator = std::function<void(const Vector& x, Eigen::Ref<Vector> y)>;

/// The largest eigenvalue of A to a relative error of 1e-11, by Lanczos' method with full reorthogonalisation
/// from a fixed random start: some eigenvalue lies within the residual of a Ritz value (Parlett, The
/// Symmetric Eigenvalue Problem, 4.5), and the largest Ritz value is accepted once its residual is 1e-11 of
/// it. Exact after n steps.
/// @throws Stopped where the request comes first
double largest_eigenvalue(Index n, const SymmetricOperator& apply, const StopRequest& stop = {});

}  // namespace flatsweep::measure
