#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/sample/teacher.hpp"

namespace flatsweep::measure {

/// An estimate of E (h(x) - y)^2 over fresh points.
struct MonteCarloLoss {
  double mean;            ///< of (h - f)^2 over the test points, plus noise^2
  double standard_error;  ///< of the mean; NaN for fewer than two points
};

/// Over the first `test_samples` test points of (seed, d), which every configuration of that seed shares.
/// Only neurons with a_j != 0 enter. Blocked: memory does not grow with test_samples but for one number a
/// point.
/// @param inner_weights W, m x d
/// @param outer_weights a, m
/// @param noise zeta
/// @throws Stopped where the request comes first
MonteCarloLoss monte_carlo_loss(const sample::Teacher& teacher, MatrixView inner_weights,
                                VectorView outer_weights, double noise, std::uint64_t seed,
                                Index test_samples, const StopRequest& stop = {});

}  // namespace flatsweep::measure
