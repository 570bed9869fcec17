#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::solve {

/// Complete orthogonal decomposition S = Z L Q' of an n x m matrix of rank k: Z (n x k) and Q (m x k) with
/// orthonormal columns, L (k x k) lower triangular. It decides the rank (sigma_k > 1e-12 sigma_1), spans the
/// range by Z and the row space by Q, and S^+ = Q L^-1 Z' (Golub & Van Loan, Matrix Computations, 5.4.7).
/// Blocked Householder QR of S' carries the cost; columns are pivoted only where the triangle that it leaves
/// is nearly singular.
class OrthogonalDecomposition {
 public:
  /// @throws Stopped where the request comes first
  explicit OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop = {});

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
  Matrix range_;      // Z, n x k
  Matrix lower_;      // L, k x k
  Matrix row_space_;  // Q', k x m
};

}  // namespace flatsweep::solve
