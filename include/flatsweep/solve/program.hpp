#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// minimise sum_j kappa_j |a_j|^q subject to S a = y (arXiv 2606.04429, Eq. 3). A view: S, y and kappa
/// belong to the caller and outlive it.
struct Program {
  MatrixView activations;  ///< S, n x m
  VectorView labels;       ///< y, n
  VectorView kappa;        ///< m, >= 0; a zero only where the column of S is zero
  double q;                ///< in [1, 2]
};

/// @throws ContractViolation where sizes, q or values are not those of a program
void expect_valid(const Program& program);

}  // namespace flatsweep::solve
