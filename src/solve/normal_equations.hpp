#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// M = S diag(w) S' + N (n x n) for a fixed S, changing weights w >= 0 and a ridge N = mu I, 0 at first, kept and
/// factored in single precision: half the cost of double, and enough for directions, whose errors the methods that use
/// them correct. Solves are refined by conjugate gradients with the factor as preconditioner.
class NormalEquations {
 public:
  /// Start with weights 1, not factored.
  /// @param scale column j of S is divided by scale(j) > 0; m
  NormalEquations(const MatrixView& activations, const VectorView& scale);

  /// Return whether N is not 0.
  [[nodiscard]] bool has_ridge() const { return ridge_ > 0.0; }
  /// Return N v (n).
  [[nodiscard]] Vector ridge_times(const VectorView& v) const;

  /// Return n.
  [[nodiscard]] Index samples() const { return activations_.rows(); }
  /// Return m.
  [[nodiscard]] Index width() const { return activations_.cols(); }

  /// Set the weights (m) of M; the factor stays that of the last call of factor().
  /// @throws std::range_error if none is positive, or one not finite
  void set_weights(const VectorView& weights);

  /// Form and factor M without its light columns. If that is numerically singular, its diagonal is raised
  /// until the factorisation succeeds.
  /// @throws std::range_error if the columns of all weights that count underflow in single precision
  void factor();

  /// Take the identity for the factor, as is right for weights 1 after whiten().
  void assume_identity() { factor_.setIdentity(); }

  /// Set N = ridge I. The factor stays as it is.
  /// @pre weights are 1
  void set_ridge(double ridge);

  /// Replace S by lower^-1 S and N by lower^-1 N lower'^-1; with lower (n x n) the Cholesky factor of S S' + N, M is
  /// the identity for weights 1.
  void whiten(const MatrixView& lower);

  /// Return a bound of the error of the smallest eigenvalue of the factored M in single precision, relative
  /// to it: (20 + sqrt(n)) eps max_i M_ii ||M^-1||_1. Full rank is certain if this is far below 1.
  [[nodiscard]] double rounding() const;

  /// solution := M^-1 rhs by conjugate gradients, to a relative residual of `tolerance` or in `max_steps`;
  /// the factor, also of other weights, is their preconditioner.
  /// @return steps taken
  int solve(const VectorView& rhs, Eigen::Ref<Vector> solution, double tolerance, int max_steps);

  /// Return the relative residual that the last solve reached.
  [[nodiscard]] double residual() const { return reached_; }

  /// result := S v (n), in single precision.
  void multiply(const VectorView& v, Eigen::Ref<Vector> result);
  /// result := S'v (m), in single precision.
  void multiply_transposed(const VectorView& v, Eigen::Ref<Vector> result);

 private:
  void form_product();
  [[nodiscard]] float relative_ridge() const;
  void precondition(Eigen::VectorXf& v) const;

  Eigen::MatrixXf activations_;  // n x m, S / scale / magnitude
  double magnitude_ = 1.0;       // power of two
  Eigen::MatrixXf panel_;        // n x panel columns
  Eigen::MatrixXf factor_;       // n x n, lower
  double ridge_ = 0.0;           // mu
  Eigen::MatrixXf ridge_shape_;  // N / mu, n x n; empty if it is the identity
  Eigen::VectorXf weights_;      // m, over their largest
  Eigen::VectorXf sorted_weights_;
  double largest_weight_ = 1.0;
  double reached_ = 0.0;
  Eigen::VectorXf wide_;                                                      // m
  Eigen::VectorXf residual_, direction_, image_, preconditioned_, solution_;  // n
};

}  // namespace flatsweep::solve
