#pragma once

#include <functional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// y := A x for a symmetric positive semidefinite A (n x n).
using SymmetricOperator = std::function<void(const Vector& x, Eigen::Ref<Vector> y)>;

/// The largest eigenvalue of A to a relative error of about 1e-11, by Lanczos' method with full
/// reorthogonalisation from a fixed random start. The Ritz value theta is accepted once its error bound
/// min(r, r^2/gap) (Parlett, The Symmetric Eigenvalue Problem, 11.7), r its residual and gap its distance to
/// the next Ritz value, is below 1e-12 theta; at the latest after n steps, where it is exact.
double largest_eigenvalue(Index n, const SymmetricOperator& apply, const StopRequest& stop = {});

}  // namespace flatsweep::measure
