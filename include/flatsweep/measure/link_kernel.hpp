#pragma once

#include <variant>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/measure/arc_cosine_kernel.hpp"
#include "flatsweep/measure/hermite_kernel.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/link.hpp"

namespace flatsweep::measure {

/// The Gaussian moments of a teacher's function g and its expectation against the network's sigma.
class LinkKernel {
 public:
  /// @pre link.kind() != quadratic_form
  LinkKernel(const model::Link& link, const model::Activation& network);

  /// Every entry rho by E g(u) sigma(v), u and v standard Gaussians of correlation rho. Allocates nothing.
  void apply(Eigen::Ref<Matrix> correlations) const;

  [[nodiscard]] double mean() const { return mean_; }          ///< E g(u)
  [[nodiscard]] double variance() const { return variance_; }  ///< Var g(u)

 private:
  std::variant<ArcCosineKernel, HermiteKernel> kernel_;
  double mean_;
  double variance_;
};

}  // namespace flatsweep::measure
