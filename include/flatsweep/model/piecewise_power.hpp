#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::model {

/// z -> alpha_pos z_+^degree + alpha_neg (-z)_+^degree, degree in 1..4.
struct PiecewisePower {
  int degree;        ///< p
  double alpha_pos;  ///< of z > 0
  double alpha_neg;  ///< of z < 0

  /// Its value at z.
  [[nodiscard]] double operator()(double z) const;
  [[nodiscard]] double derivative(double z) const;  ///< 0 at z = 0

  /// Every entry of z by its value here. Allocates nothing.
  void apply(Eigen::Ref<Matrix> z) const;

  bool operator==(const PiecewisePower&) const = default;  ///< member by member
};

}  // namespace flatsweep::model
