#pragma once

#include <array>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/piecewise_power.hpp"

namespace flatsweep::measure {

/// k(rho) = E f(u) g(v) for piecewise powers f, g and standard Gaussians u, v of correlation rho.
///
/// In polar coordinates E u_+^p v_+^s is a radial integral times that of cos^p(x) cos^s(x - t) over
/// [t - pi/2, pi/2], rho = cos t: an elementary integral for all degrees, of the form
/// (pi - t) A(rho) + sin(t) B(rho) + C(rho) with polynomials A, B, C of degree at most 4. For p = s these are
/// the arc-cosine kernels J_p (Cho & Saul 2009); unequal degrees come for free.
class ArcCosineKernel {
 public:
  /// @pre degrees from 1 to 4
  ArcCosineKernel(const model::PiecewisePower& f, const model::PiecewisePower& g);

  /// k(rho), rho clamped to [-1, 1]. Absolute error of a few units in the last place of k(1).
  [[nodiscard]] double operator()(double correlation) const;

  /// Every entry rho by k(rho). Allocates nothing; vectorised.
  void apply(Eigen::Ref<Matrix> correlations) const;

  using Polynomial = std::array<double, 5>;  ///< coefficients of 1, rho, ..., rho^4

 private:
  Polynomial angle_{};  // A
  Polynomial sine_{};   // B
  Polynomial plain_{};  // C
};

/// E f(u) for a standard Gaussian u.
double gaussian_mean(const model::PiecewisePower& f);

/// E u_+^degree = 2^(degree/2) Gamma((degree + 1)/2) / (2 sqrt(pi)).
double gaussian_half_moment(int degree);

}  // namespace flatsweep::measure
