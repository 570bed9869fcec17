#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/sample/teacher.hpp"

namespace flatsweep::measure {

/// min over a of the excess loss for these inner weights: E f^2 - v'K^+ v, clipped to
/// [0, E f^2]. Neurons that the others span up to 1e-12 of the largest eigenvalue of K are left out.
/// Memory: K, m x m. NaN for quadratic_form.
/// @param inner_weights W, m x d with unit rows
/// @throws Stopped where the request comes first
double best_loss(const sample::Teacher& teacher, MatrixView inner_weights, const StopRequest& stop = {});

}  // namespace flatsweep::measure
