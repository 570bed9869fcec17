#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// Rounding of the normal equations up to which single precision proves full rank, and is good enough for
/// directions.
constexpr double safe_rounding = 0.1;

/// M = S diag(w) S' (n x n) for a fixed S and changing weights w >= 0, kept and factored in single precision:
/// half the cost of double, and enough for directions, whose errors the methods that use them correct. Solves
/// are refined by conjugate gradients with the factor as preconditioner.
class NormalEquations {
 public:
  /// @param scale column j of S is divided by scale(j) > 0; m
  NormalEquations(const MatrixView& activations, const VectorView& scale);

  /// n.
  [[nodiscard]] Index samples() const { return activations_.rows(); }
  /// m.
  [[nodiscard]] Index width() const { return activations_.cols(); }

  /// M is from now on that of `weights` (m); the factor stays that of the last call of factor().
  void set_weights(const VectorView& weights);

  /// Forms and factors M without its light columns. Where that is numerically singular, its diagonal is
  /// raised until the factorisation goes through.
  void factor();

  /// Takes the identity for the factor, as for weights 1 and an S with orthonormal rows.
  void assume_identity() { factor_.setIdentity(); }

  /// S is from now on lower^-1 S; with lower (n x n) the Cholesky factor of S S' its rows are orthonormal.
  void whiten(const MatrixView& lower);

  /// What single precision may have done to the smallest eigenvalue of the factored M, relative to it:
  /// (20 + sqrt(n)) eps max_i M_ii ||M^-1||_1. Full rank is certain where this is far below 1.
  [[nodiscard]] double rounding() const;

  /// solution := M^-1 rhs by conjugate gradients, to a relative residual of `tolerance` or in `max_steps`;
  /// the factor, also of other weights, is their preconditioner.
  /// @return steps taken
  int solve(const VectorView& rhs, Eigen::Ref<Vector> solution, double tolerance, int max_steps);

  /// Relative residual that the last solve reached.
  [[nodiscard]] double residual() const { return reached_; }

  /// result := S v (n) and result := S'v (m), products in single precision.
  void multiply(const VectorView& v, Eigen::Ref<Vector> result);
  /// result := S'v (m), in single precision.
  void multiply_transposed(const VectorView& v, Eigen::Ref<Vector> result);

 private:
  float lightest_factored();
  void form_product();
  void apply(const Eigen::VectorXf& v, Eigen::VectorXf& result);
  void precondition(Eigen::VectorXf& v) const;

  Eigen::MatrixXf activations_;  // n x m, S / scale over its magnitude
  double magnitude_ = 1.0;       // power of two
  Eigen::MatrixXf panel_;        // n x panel columns
  Eigen::MatrixXf factor_;       // n x n, lower
  Eigen::VectorXf weights_;      // m, over their largest
  Eigen::VectorXf sorted_weights_;
  double largest_weight_ = 1.0;
  double reached_ = 0.0;
  Eigen::VectorXf wide_;                                                      // m
  Eigen::VectorXf residual_, direction_, image_, preconditioned_, solution_;  // n
};

}  // namespace flatsweep::solve
