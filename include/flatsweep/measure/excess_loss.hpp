#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/teacher.hpp"

namespace flatsweep::measure {

/// E (h(x) - f(x))^2 over x ~ N(0, I), without sampling.
struct ExcessLoss {
  double value;  ///< >= 0
  double error;  ///< bound on the rounding error: 16 eps (||a||_1 sqrt(k(1)) + sqrt(E f^2))^2
};

/// a'Ka - 2 a'v + E f^2 with K_jk = k(w_j . w_k). Only neurons with a_j != 0 enter, and K is formed by tiles.
/// NaN for quadratic_form.
/// @param inner_weights W, m x d with unit rows
/// @param outer_weights a, m
ExcessLoss excess_loss(const sample::Teacher& teacher, MatrixView inner_weights, VectorView outer_weights);

}  // namespace flatsweep::measure
