#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::solve {

/// Complete orthogonal decomposition S = Z L Q' of an n x m matrix of rank k: Z (n x k) and Q (m x k) with
/// orthonormal columns, L (k x k) lower triangular. It decides the rank (sigma_k > tolerance sigma_1), spans
/// the range by Z and the row space by Q, and S^+ = Q L^-1 Z' (Golub & Van Loan, Matrix Computations, 5.4.7).
/// The Cholesky factor of S S' gives L, and Q' = L^-1 S, where S S' is regular beyond doubt; Q is then
/// orthonormal to about five digits at least. Else blocked Householder QR of S' carries the cost; columns are
/// pivoted only where the triangle that it leaves is nearly singular.
class OrthogonalDecomposition {
 public:
  /// The singular values that count as nonzero are those above this share of the largest.
  static constexpr double rank_tolerance = 1e-12;

  /// @throws Stopped where the request comes first
  explicit OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop = {},
                                   double tolerance = rank_tolerance);

  /// k.
  [[nodiscard]] Index rank() const { return lower_.rows(); }

  /// Q': k x m with orthonormal rows.
  [[nodiscard]] const Matrix& row_space() const { return row_space_; }

  /// L^-1 Z'y (k): S a = y for y in the range of S is Q'a = this.
  [[nodiscard]] Vector reduced_labels(const VectorView& labels) const;

  /// Z L'^-1 u (n), the nu with S'nu = Q u.
  [[nodiscard]] Vector lifted_dual(const VectorView& reduced_dual) const;

  /// ||y - Z Z'y|| / ||y||.
  [[nodiscard]] double range_residual(const VectorView& labels) const;

 private:
  bool decompose_gram(const MatrixView& activations);
  Matrix decompose_core(Matrix core, double tolerance);
  [[nodiscard]] bool has_full_row_rank() const { return range_.size() == 0 && rank() > 0; }

  Matrix range_;      // Z, n x k; empty where it is the identity
  Matrix lower_;      // L, k x k
  Matrix row_space_;  // Q', k x m
};

}  // namespace flatsweep::solve
