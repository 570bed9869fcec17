#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/sample/sample.hpp"

namespace flatsweep::measure {

/// Mean and variance of f(x), x ~ N(0, I).
struct TargetMoments {
  double mean;          ///< E f
  double signal_power;  ///< Var f

  /// Return E f^2.
  [[nodiscard]] double power() const { return signal_power + mean * mean; }
};

/// Return the moments of f in closed form, NaN for quadratic_form. The index directions are orthonormal, so
/// the terms of f are independent: Var f = sum_i c_i^2 Var g.
TargetMoments target_moments(const sample::Teacher& teacher);

/// E (h(x) - f(x))^2 over x ~ N(0, I), without sampling.
struct ExcessLoss {
  double value;  ///< at least 0
  double error;  ///< bound on the rounding error: 16 eps (||a||_1 sqrt(k(1)) + sqrt(E f^2))^2
};

/// Return a'Ka - 2 a'v + E f^2 with K_jk = E sigma(w_j . x) sigma(w_k . x) = k(w_j . w_k) and
/// v_j = E f(x) sigma(w_j . x); NaN for quadratic_form. Only neurons with a_j != 0 enter, and K is formed by
/// tiles.
/// @param inner_weights W, m x d with unit rows
/// @param outer_weights a, m
ExcessLoss excess_loss(const sample::Teacher& teacher, const MatrixView& inner_weights,
                       const VectorView& outer_weights);

/// Return the least excess loss over all outer weights for these inner weights, E f^2 - v'K^+ v, clipped to
/// [0, E f^2]; NaN for quadratic_form. Neurons that the others span up to 1e-12 of the largest eigenvalue of
/// K are left out. Memory: K, m x m.
/// @param inner_weights W, m x d with unit rows
/// @throws Stopped if a stop is requested
double best_loss(const sample::Teacher& teacher, const MatrixView& inner_weights, const StopRequest& stop = {});

/// An estimate of E (h(x) - y)^2 over fresh points.
struct MonteCarloLoss {
  double mean;            ///< mean of (h - f)^2 over the test points, plus noise^2
  double standard_error;  ///< standard error of the mean; NaN for fewer than two points
};

/// Estimate the loss over the first `test_samples` test points of (seed, d), which every configuration of
/// that seed shares. Only neurons with a_j != 0 enter. Memory: blocks of 256 points, and one number a point.
/// @param inner_weights W, m x d
/// @param outer_weights a, m
/// @param noise zeta, standard deviation of the label noise
/// @throws Stopped if a stop is requested
MonteCarloLoss monte_carlo_loss(const sample::Teacher& teacher, const MatrixView& inner_weights,
                                const VectorView& outer_weights, double noise, std::uint64_t seed, Index test_samples,
                                const StopRequest& stop = {});

}  // namespace flatsweep::measure
