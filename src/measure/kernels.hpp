#pragma once

#include <array>
#include <cmath>
#include <numbers>
#include <variant>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/target.hpp"
#include "flatsweep/sample/sample.hpp"

namespace flatsweep::measure {

/// Return acos(x), |x| <= 1, without branches, so that loops over it vectorise (if compiled without math
/// errno and trapping math). asin(s) = s + s R(s^2) on [0, 1/2] with the rational R of fdlibm's e_asin.c,
/// whose error is below 2^-58.75; |x| > 1/2 goes through acos(x) = 2 asin(sqrt((1 - x)/2)). The result is
/// within 4 units in the last place.
inline double arc_cosine(double x) {
  const double magnitude = std::abs(x);
  const bool steep = magnitude > 0.5;
  const double square = steep ? 0.5 * (1.0 - magnitude) : magnitude * magnitude;
  const double root = std::sqrt(square);
  const double sine = steep ? root : magnitude;
  const double numerator =
      square *
      (1.66666666666666657415e-01 +
       square * (-3.25565818622400915405e-01 +
                 square * (2.01212532134862925881e-01 +
                           square * (-4.00555345006794114027e-02 +
                                     square * (7.91534994289814532176e-04 + square * 3.47933107596021167570e-05)))));
  const double denominator =
      1.0 + square * (-2.40339491173441421878e+00 +
                      square * (2.02094576023350569471e+00 +
                                square * (-6.88283971605453293030e-01 + square * 7.70381505559019352791e-02)));
  const double arc_sine = sine + sine * (numerator / denominator);
  const double of_magnitude = steep ? 2.0 * arc_sine : std::numbers::pi / 2.0 - arc_sine;
  return x < 0.0 ? std::numbers::pi - of_magnitude : of_magnitude;
}

/// k(rho) = E f(u) g(v) for piecewise powers f, g and standard Gaussians u, v of correlation rho.
///
/// In polar coordinates E u_+^p v_+^s is a radial integral times that of cos^p(x) cos^s(x - t) over
/// [t - pi/2, pi/2], rho = cos t: an elementary integral for all degrees, of the form
/// (pi - t) A(rho) + sin(t) B(rho) + C(rho) with polynomials A, B, C of degree at most 4. For p = s these are
/// the arc-cosine kernels J_p (Cho & Saul 2009); unequal degrees need nothing more.
class ArcCosineKernel {
 public:
  /// @pre degrees from 1 to 4
  ArcCosineKernel(const model::PiecewisePower& f, const model::PiecewisePower& g);

  /// Return k(rho), with rho clamped to [-1, 1], to an absolute error of a few units in the last place of
  /// k(1).
  [[nodiscard]] double operator()(double correlation) const;

  /// Replace every entry rho by k(rho). Allocates nothing; vectorised.
  void apply(Eigen::Ref<Matrix> correlations) const;

  using Polynomial = std::array<double, 5>;  ///< coefficients of 1, rho, ..., rho^4

 private:
  Polynomial angle_{};  ///< A
  Polynomial sine_{};   ///< B
  Polynomial plain_{};  ///< C
};

/// Return E f(u) for a standard Gaussian u.
double gaussian_mean(const model::PiecewisePower& f);

/// Return E u_+^degree = 2^(degree/2) Gamma((degree + 1)/2) / (2 sqrt(pi)).
double gaussian_half_moment(int degree);

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

  /// Replace every entry rho by k(rho). Allocates nothing; vectorised.
  void apply(Eigen::Ref<Matrix> correlations) const;

 private:
  int lowest_ = 0;                    ///< k(rho) = rho^lowest sum_i coefficients_i rho^(2i)
  std::vector<double> coefficients_;  ///< at least one
};

/// The Gaussian moments of a teacher's function g and its expectation against the network's sigma.
class LinkKernel {
 public:
  /// @pre !link.is_quadratic_form()
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
/// @pre !teacher.link.is_quadratic_form()
Vector target_projection(const sample::Teacher& teacher, const MatrixView& inner_weights);

}  // namespace flatsweep::measure
