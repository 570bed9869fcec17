#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/core/matrix.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {

// Matrix-vector products as if in twice the working precision, rounded once at the end (Ogita, Rump & Oishi 2005,
// "Accurate sum and dot product", Dot2). Bandwidth-bound.

/// result := y - S a, with S of size n x m; nothing is allocated.
/// @param carry n, scratch
void extended_residual(const MatrixView& activations, const VectorView& outer_weights, const VectorView& labels,
                       Eigen::Ref<Vector> result, Eigen::Ref<Vector> carry);
/// Return y - S a (n).
Vector extended_residual(const MatrixView& activations, const VectorView& outer_weights, const VectorView& labels);
/// Return S'nu (m).
Vector extended_transposed_product(const MatrixView& activations, const VectorView& dual);
/// Return max_j |S_ij| for each row (n).
Vector row_maxima(const MatrixView& activations);
/// Return x'y.
double extended_dot(const VectorView& x, const VectorView& y);

/// Return an estimate of ||A^-1||_1 of an n x n matrix from a few solves; rarely below a third of it, never above
/// (Higham 2002, Accuracy and Stability of Numerical Algorithms, algorithm 15.1). The iteration keeps any symmetry of A
/// and its start, and can miss a null space that way: it is run from a second start that has none.
/// @param solve x := A^-1 x, in place
/// @param solve_transposed x := A'^-1 x, in place
template <typename Solve, typename SolveTransposed>
double estimate_inverse_norm(Index n, Solve solve, SolveTransposed solve_transposed) {
  const Vector even = Vector::Ones(n);
  Vector uneven(n);
  for (Index i = 0; i < n; ++i)
    uneven(i) = (i % 2 == 0 ? 1.0 : -1.0) * (1.0 + static_cast<double>(i) / static_cast<double>(n));
  double estimate = 0.0;
  for (const Vector& start : {even, uneven}) {
    Vector x = start / start.lpNorm<1>();
    double reached = 0.0;
    Index previous = -1;
    for (int round = 0; round < tuning.rank.estimate_rounds; ++round) {
      solve(x);
      const double norm = x.lpNorm<1>();
      if (!std::isfinite(norm)) return std::numeric_limits<double>::infinity();
      if (!(norm > reached)) break;
      reached = norm;
      x = x.unaryExpr([](double entry) { return entry < 0.0 ? -1.0 : 1.0; });
      solve_transposed(x);
      Index largest = 0;
      x.cwiseAbs().maxCoeff(&largest);
      if (largest == previous) break;
      previous = largest;
      x.setZero();
      x(largest) = 1.0;
    }
    estimate = std::max(estimate, reached);
  }
  return estimate;
}

}  // namespace flatsweep::solve
