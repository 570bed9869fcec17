#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// Largest eigenvalue of the Hessian: of its Gram matrix G (n x n, lower triangle; hessian_gram.hpp), to a
/// relative error of 1e-10. 0 where G = 0.
/// @throws Stopped where the request comes first
double hessian_max(MatrixView gram, const StopRequest& stop = {});

/// All n eigenvalues of G, ascending. O(n^3) with a large constant: only on request.
Vector hessian_eigenvalues(MatrixView gram);

}  // namespace flatsweep::measure
