#pragma once

#include <optional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "solve/tuning.hpp"

/// Factors of S.
namespace flatsweep::solve {

/// A QR factorisation without the zero rows of R.
struct ThinQr {
  Matrix orthonormal;  ///< Q, p x k
  Matrix upper;        ///< R, k x k
};

/// Factor a p x k matrix with p >= k.
ThinQr thin_qr(Matrix a);

/// Return the Cholesky factor L (n x n, lower, zeros above) of S S' if S S' has full rank beyond doubt: a
/// condition of at most 1e11, so that L^-1 S is orthonormal to about five digits.
std::optional<Matrix> gram_cholesky(const MatrixView& activations);

/// Complete orthogonal decomposition S = Z L Q' of an n x m matrix of rank k: Z (n x k) and Q (m x k) with
/// orthonormal columns, L (k x k) lower triangular. It decides the rank (sigma_k > tolerance sigma_1), spans
/// the range by Z and the row space by Q, and S^+ = Q L^-1 Z' (Golub & Van Loan, Matrix Computations, 5.4.7).
/// gram_cholesky() gives L, and Q' = L^-1 S, if S S' is regular beyond doubt. Else blocked Householder QR of
/// S' carries the cost; columns are pivoted only if the triangle that it leaves is nearly singular.
class OrthogonalDecomposition {
 public:
  /// @param tolerance singular values above this share of the largest count as nonzero
  /// @throws Stopped if the request comes first
  explicit OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop = {},
                                   double tolerance = tuning.ladder.rank_tolerance);

  /// Return the rank k.
  [[nodiscard]] Index rank() const { return lower_.rows(); }

  /// Return Q': k x m with orthonormal rows.
  [[nodiscard]] const Matrix& row_space() const { return row_space_; }

  /// Return Z'v (k) for a v of n entries.
  [[nodiscard]] Vector rotated(const VectorView& v) const {
    return has_full_row_rank() ? Vector(v) : range_.transpose() * v;
  }
  /// Return Z'S (k x m).
  [[nodiscard]] Matrix rotated_activations() const { return lower_.triangularView<Eigen::Lower>() * row_space_; }
  /// Return Z u (n).
  [[nodiscard]] Vector lifted(const VectorView& u) const { return has_full_row_rank() ? Vector(u) : range_ * u; }

  /// Return L^-1 Z'y (k): S a = y for y in the range of S is Q'a = this.
  [[nodiscard]] Vector reduced_labels(const VectorView& labels) const;

  /// Return Z L'^-1 u (n), the nu with S'nu = Q u.
  [[nodiscard]] Vector lifted_dual(const VectorView& reduced_dual) const;

  /// Return ||y - Z Z'y|| / ||y||.
  [[nodiscard]] double range_residual(const VectorView& labels) const;

 private:
  bool decompose_gram(const MatrixView& activations);
  Matrix decompose_core(Matrix core, double tolerance);
  [[nodiscard]] bool has_full_row_rank() const { return range_.size() == 0 && rank() > 0; }

  Matrix range_;      // Z, n x k; empty if it is the identity
  Matrix lower_;      // L, k x k
  Matrix row_space_;  // Q', k x m
};

}  // namespace flatsweep::solve
