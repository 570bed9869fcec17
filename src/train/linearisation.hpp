#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::train {

/// The network and its Jacobian J at one point, in double precision: 2 n m + 3 n^2 numbers, allocated once. Long
/// products poll the request.
class Linearisation {
 public:
  /// Both arguments outlive it.
  Linearisation(const Problem& problem, const StopRequest& stop);

  /// Move to `weights`: compute S, T, r, A and B. The Gram matrix and its factor stay those of the old point.
  void evaluate(const Weights& weights);

  /// r = S a - y, n.
  [[nodiscard]] const Vector& residual() const { return residual_; }
  /// |r|/|y|.
  [[nodiscard]] double relative_residual() const { return residual_.norm() / problem_.labels.norm(); }
  /// |r|^2/n.
  [[nodiscard]] double loss() const { return residual_.squaredNorm() / static_cast<double>(residual_.size()); }
  /// A_j = (2/n) sum_i S_ij^2, m.
  [[nodiscard]] const Vector& outer_curvature() const { return outer_curvature_; }
  /// B_j = (2/n) sum_i T_ij^2 |x_i|^2, m.
  [[nodiscard]] const Vector& inner_curvature() const { return inner_curvature_; }
  /// sum_i T_ij |x_i|^2, m. For p = 1 another value tells that a neuron crossed a kink.
  [[nodiscard]] const Vector& slope_sums() const { return slope_sums_; }
  /// (2/n) tr K = sum_j A_j + a_j^2 B_j.
  [[nodiscard]] double trace() const;
  /// Return the trace at the flattest rescaling of the same network.
  [[nodiscard]] double flatness() const;
  /// w_j := t_j w_j, a_j := t_j^-p a_j with t_j = (a_j^2 B_j/(p A_j))^(1/(2p+2)), where the trace is smallest; a neuron
  /// that contributes nothing gets zero weights. Evaluates the network there.
  void rescale(Weights& weights);

  /// gradient := that of the trace at the point that was evaluated, `weights`.
  void trace_gradient(const Weights& weights, Weights& gradient);

  /// K := J J'.
  void form_gram() { form_gram(ones_, squared_outer_); }
  /// K := S diag(outer) S' + (X X') o (T diag(inner) T'), for weights >= 0 of the neurons.
  void form_gram(const Vector& outer, const Vector& inner);
  /// K, n x n; the lower triangle.
  [[nodiscard]] const Matrix& gram() const { return gram_; }
  /// Return the largest eigenvalue of K, to about 1e-3.
  double largest_eigenvalue();
  /// The eigenvector of largest_eigenvalue(), n.
  [[nodiscard]] const Vector& leading_eigenvector() const { return leading_; }

  /// Factor scale K + shift I. @return false if it is not positive definite in doubles
  [[nodiscard]] bool factor(double scale, double shift);
  /// x := (scale K + shift I)^-1 x with the factor.
  void solve(Vector& x) const;
  /// x := K^-1 x with the factor of K + shift I and a small shift, by refinement: components of eigenvalues far below
  /// the shift are damped away.
  void solve_refined(Vector& x);

  /// direction := J'v.
  void apply_transposed(const Vector& v, Weights& direction);
  /// result := J direction.
  void apply(const Weights& direction, Vector& result);

 private:
  void accumulate(const Matrix& columns, const Vector& weights, Matrix& gram);

  const Problem& problem_;
  const StopRequest& stop_;
  Vector squared_norms_;          // |x_i|^2, n
  Matrix features_gram_;          // X X', lower
  Matrix values_, derivatives_;   // S and T, n x m
  Vector outer_, squared_outer_;  // a_j and a_j^2, m
  Vector residual_;               // n
  Vector outer_curvature_, inner_curvature_, slope_sums_;
  Matrix gram_, factor_;                // n x n
  Matrix panel_;                        // n x panel columns
  Matrix weighted_features_;            // n x d
  Vector ones_;                         // m
  Vector leading_, product_, refined_;  // n
};

}  // namespace flatsweep::train
