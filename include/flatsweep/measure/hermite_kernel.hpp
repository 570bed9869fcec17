#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/link.hpp"
#include "flatsweep/model/piecewise_power.hpp"

namespace flatsweep::measure {

/// k(rho) = E g(u) sigma(v) for g a Hermite polynomial or smooth, a piecewise power sigma, and standard
/// Gaussians u, v of correlation rho. With h_k = He_k / sqrt(k!), orthonormal under the Gaussian,
///     k(rho) = sum_k (E g h_k) (E sigma h_k) rho^k,
/// Mehler's formula, exact and free of quadrature in rho, up to |rho| = 1. The coefficients of a smooth g,
/// odd and analytic for |Im u| < pi/2, fall like exp(-(pi/2) sqrt(k)) or faster; those below 1e-18 at the end
/// are cut.
class HermiteKernel {
 public:
  /// @pre link.kind() is hermite or smooth
  HermiteKernel(const model::Link& link, const model::PiecewisePower& sigma);

  /// k(rho).
  [[nodiscard]] double operator()(double correlation) const;

  /// Every entry rho by k(rho). Allocates nothing; vectorised.
  void apply(Eigen::Ref<Matrix> correlations) const;

 private:
  int lowest_ = 0;                    // k(rho) = rho^lowest sum_i coefficients_i rho^(2i)
  std::vector<double> coefficients_;  // at least one
};

/// E g(u)^2 for these links; E g(u) = 0.
double smooth_link_power(const model::Link& link);

}  // namespace flatsweep::measure
