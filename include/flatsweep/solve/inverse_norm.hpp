#pragma once

#include <algorithm>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// Estimate of ||A^-1||_1 of an n x n matrix from a few solves; rarely below a third of it, never above
/// (Higham 2002, Accuracy and Stability of Numerical Algorithms, algorithm 15.1).
/// @param solve x := A^-1 x, in place
/// @param solve_transposed x := A'^-1 x, in place
template <typename Solve, typename SolveTransposed>
double estimate_inverse_norm(Index n, Solve solve, SolveTransposed solve_transposed) {
  Vector x = Vector::Constant(n, 1.0 / static_cast<double>(n));
  Index previous = -1;
  double estimate = 0.0;
  for (int round = 0; round < 5; ++round) {
    solve(x);
    const double norm = x.lpNorm<1>();
    if (!(norm > estimate)) break;
    estimate = norm;
    x = x.unaryExpr([](double entry) { return entry < 0.0 ? -1.0 : 1.0; });
    solve_transposed(x);
    Index largest = 0;
    x.cwiseAbs().maxCoeff(&largest);
    if (largest == previous) break;
    previous = largest;
    x.setZero();
    x(largest) = 1.0;
  }
  // A vector of no symmetry: the rounds above keep any that A has, and may so miss its null space.
  for (Index i = 0; i < n; ++i)
    x(i) = (i % 2 == 0 ? 1.0 : -1.0) *
           (1.0 + static_cast<double>(i) / static_cast<double>(std::max<Index>(1, n - 1)));
  solve(x);
  return std::max(estimate, 2.0 * x.lpNorm<1>() / (3.0 * static_cast<double>(n)));
}

}  // namespace flatsweep::solve
