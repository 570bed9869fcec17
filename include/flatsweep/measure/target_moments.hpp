#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/teacher.hpp"

namespace flatsweep::measure {

/// Mean and variance of f(x), x ~ N(0, I). The index directions are orthonormal, so the
/// terms of f are independent: Var f = sum_i c_i^2 Var g.
struct TargetMoments {
  double mean;          ///< E f
  double signal_power;  ///< Var f

  [[nodiscard]] double power() const { return signal_power + mean * mean; }  ///< E f^2
};

/// NaN for quadratic_form.
TargetMoments target_moments(const sample::Teacher& teacher);

/// v, m: v_j = E f(x) sigma(w_j . x) = b E sigma + sum_i c_i E g(u_i . x) sigma(w_j . x).
/// @param inner_weights W, m x d with unit rows
/// @pre not quadratic_form
Vector target_projection(const sample::Teacher& teacher, MatrixView inner_weights);

}  // namespace flatsweep::measure
