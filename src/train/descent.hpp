#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/train/train.hpp"

namespace flatsweep::train {

/// Gradient steps on L and its perturbed forms in the precision of T (float or double), two matrix products each: for
/// a block of samples at a time Z = W X', one pass over its columns, which puts Q_ij = r_i a_j sigma'(z_ij) in its
/// place, and Q X. Beside X there are O(m d) numbers, allocated once.
template <typename T>
class Descent {
 public:
  /// What a step adds to the gradient of L.
  struct Step {
    T rate;                         ///< eta
    T decay = 0;                    ///< nu: the gradient of nu |theta|^2 is added
    T radius = 0;                   ///< rho: sample i is seen at theta + rho sign(r_i) J_i/|J_i|
    const Vector* noise = nullptr;  ///< delta xi, n: added to the labels
  };

  /// Start at `weights`. Steps poll the request, once a block.
  Descent(const Problem& problem, const Weights& weights, const StopRequest& stop = {});

  /// theta -= eta gradient.
  void step(const Step& step);

  /// |r|^2/n before the last step, without noise or perturbation.
  [[nodiscard]] double loss() const { return loss_; }
  /// (2/n) tr K before the last step.
  [[nodiscard]] double trace() const { return trace_; }
  /// Return the weights.
  [[nodiscard]] Weights weights() const { return {inner_.template cast<double>(), outer_.template cast<double>()}; }

  /// Set the vector that curvature() starts from, not zero; until then it is (W, 1).
  void set_leading(const Weights& direction);
  /// Return (2/n) lambda_max(J'J) after so many power iterations; the next call goes on from there.
  double curvature(int iterations);

 private:
  using MatrixT = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using VectorT = Eigen::Matrix<T, Eigen::Dynamic, 1>;

  template <typename Visit>
  void pass(bool with_leading, const Visit& visit);
  void visit(const Step& step, Index i, Eigen::Ref<VectorT> z);

  StopRequest stop_;
  model::PiecewisePower activation_;
  MatrixT features_;                        // X, n x d
  VectorT labels_, squared_norms_;          // y and |x_i|^2, n
  MatrixT inner_, inner_gradient_;          // m x d
  VectorT outer_, outer_gradient_;          // m
  MatrixT leading_inner_;                   // m x d
  VectorT leading_outer_;                   // m
  MatrixT block_, leading_block_;           // Z or Q, and leading_inner_ X', of a block of samples: m x block
  VectorT values_, derivatives_, shifted_;  // of a sample: sigma, a o sigma', a + e sigma; m
  double loss_ = 0.0, trace_ = 0.0;
};

extern template class Descent<float>;
extern template class Descent<double>;

}  // namespace flatsweep::train
