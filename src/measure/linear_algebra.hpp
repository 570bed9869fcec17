#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// y := A x for a symmetric positive semidefinite A (n x n).
using SymmetricOperator = std::function<void(const Vector& x, Eigen::Ref<Vector> y)>;

/// Return the largest eigenvalue of A to a relative error of 1e-11, by Lanczos' method with full
/// reorthogonalisation from a fixed start. Some eigenvalue lies within the residual of a Ritz value (Parlett,
/// The Symmetric Eigenvalue Problem, 4.5); the largest Ritz value is accepted once its residual is 1e-11 of
/// it. Exact after n steps.
/// @pre n > 0
/// @throws Stopped if a stop is requested
double largest_eigenvalue(Index n, const SymmetricOperator& apply, const StopRequest& stop = {});

/// A symmetric matrix A brought to block tridiagonal form by orthogonal similarity (blocks of 64): (4/3) n^3
/// flops, nearly all in matrix products, after which each shifted problem costs O(n) blocks. This is the
/// first stage of the two-stage reduction of Bischof, Lang & Sun (2000), which suffices if no single
/// eigenvalue is needed.
class BlockTridiagonal {
 public:
  /// @param symmetric A, n x n, lower triangle
  /// @throws Stopped if a stop is requested
  explicit BlockTridiagonal(const MatrixView& symmetric, const StopRequest& stop = {});

  /// Return tr((A + shift I)^-1), or nothing if A + shift I is not numerically positive definite.
  [[nodiscard]] std::optional<double> inverse_trace(double shift) const;

 private:
  [[nodiscard]] Index block_count() const;
  [[nodiscard]] Index block_size(Index block) const;

  Matrix blocks_;  ///< n x n; only the blocks on the diagonal (lower triangles) and just below it count
};

/// P'KP = L L' up to a remainder whose diagonal is at most `tolerance`.
struct PivotedCholesky {
  std::vector<Index> pivots;  ///< P, m: row i of L belongs to row pivots[i] of K
  Index rank;                 ///< columns of L
};

/// Overwrite the lower triangle of K with L, m x rank, by complete pivoting in panels, as LAPACK's dpstrf:
/// most of the m rank^2 flops are symmetric products.
/// @param k K, m x m, positive semidefinite
/// @throws Stopped if a stop is requested
PivotedCholesky factor_with_pivoting(Eigen::Ref<Matrix> k, double tolerance, const StopRequest& stop = {});

}  // namespace flatsweep::measure
