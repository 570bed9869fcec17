#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/normal_equations.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// A point of the smooth dual and the primal point that belongs to it.
struct DualOptimum {
  Vector outer_weights;  ///< a, m
  Vector dual;           ///< nu, n
  int iterations = 0;    ///< Newton steps
};

/// Newton's method with exact line search for a program with q > 1: maximise
/// D(nu) = y'nu - (q-1) sum_j kappa_j (|t_j|/(q kappa_j))^q*, t = S'nu, from nu = t (S S')^-1 y. Directions
/// come from single-precision factors, reused while conjugate gradients with them converge fast.
/// @param equations of the columns of S over kappa_j^(1/q), factored for weights 1
/// @pre S has full row rank, kappa > 0, labels are not all zero
/// @throws Stopped where the request comes first
DualOptimum maximise_dual(const Program& program, NormalEquations& equations, const StopRequest& stop);

}  // namespace flatsweep::solve
