#pragma once

#include <variant>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/link.hpp"
#include "flatsweep/sample/teacher.hpp"
#include "measure/arc_cosine_kernel.hpp"

namespace flatsweep::measure {

/// k(rho) = E g(u) sigma(v) for g a Hermite polynomial or smooth, a piecewise power sigma, and standard
/// Gaussians u, v of correlation rho. With h_k = He_k / sqrt(k!), orthonormal under the Gaussian,
///     k(rho) = sum_k (E g h_k) (E sigma h_k) rho^k,
/// Mehler's formula, which is exact and needs no quadrature in rho, up to |rho| = 1. The coefficients of a
/// smooth g, odd and analytic for |Im u| < pi/2, fall like exp(-(pi/2) sqrt(k)) or faster; those below 1e-18
/// at the end are cut.
class HermiteKernel {
 public:
  /// @pre link.kind() is hermite or smooth
  HermiteKernel(const model::Link& link, const model::PiecewisePower& sigma);

  /// Return k(rho).
  [[nodiscard]] double operator()(double correlation) const;

  /// Replace every entry rho by k(rho). Allocates nothing; vectorised.
  void apply(Eigen::Ref<Matrix> correlations) const;

 private:
  int lowest_ = 0;                    ///< k(rho) = rho^lowest sum_i coefficients_i rho^(2i)
  std::vector<double> coefficients_;  ///< at least one
};

/// The Gaussian moments of a teacher's function g and its expectation against the network's sigma.
class LinkKernel {
 public:
  /// @pre link.kind() != quadratic_form
  LinkKernel(const model::Link& link, const model::Activation& network);

  /// Replace every entry rho by E g(u) sigma(v), u and v standard Gaussians of correlation rho. Allocates
  /// nothing.
  void apply(Eigen::Ref<Matrix> correlations) const;

  [[nodiscard]] double mean() const { return mean_; }          ///< E g(u)
  [[nodiscard]] double variance() const { return variance_; }  ///< Var g(u)

 private:
  std::variant<ArcCosineKernel, HermiteKernel> kernel_;
  double mean_;
  double variance_;
};

/// Return v_j = E f(x) sigma(w_j . x) = b E sigma + sum_i c_i E g(u_i . x) sigma(w_j . x), m numbers.
/// @param inner_weights W, m x d with unit rows
/// @pre the link is not quadratic_form
Vector target_projection(const sample::Teacher& teacher, const MatrixView& inner_weights);

}  // namespace flatsweep::measure
