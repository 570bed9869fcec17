#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// Largest and smallest of the min(n, m) singular values of S (arXiv 2606.04429, Lemma 2).
struct SingularRange {
  double max;  ///< sigma_1
  double min;  ///< sigma_min(n, m)
};

/// From the smaller Gram matrix of S where its condition number allows 1e-9 (below 3e3), else from a QR
/// factorisation, with a relative error of the smallest of about eps max/min. 0 where a pivot vanishes.
/// @param activations S, n x m
/// @throws Stopped where the request comes first
SingularRange singular_range(MatrixView activations, const StopRequest& stop = {});

}  // namespace flatsweep::measure
