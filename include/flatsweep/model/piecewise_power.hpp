#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::model {

/// z -> alpha_pos z_+^degree + alpha_neg (-z)_+^degree, degree in 1..4.
struct PiecewisePower {
  int degree;
  double alpha_pos;
  double alpha_neg;

  [[nodiscard]] double operator()(double z) const;
  [[nodiscard]] double derivative(double z) const;  // 0 at z = 0

  /// Every entry of z by its value here. Allocates nothing.
  void apply(Eigen::Ref<Matrix> z) const;

  bool operator==(const PiecewisePower&) const = default;
};

}  // namespace flatsweep::model
