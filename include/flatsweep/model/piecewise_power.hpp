#pragma once

namespace flatsweep::model {

/// z -> alpha_pos z_+^degree + alpha_neg (-z)_+^degree.
struct PiecewisePower {
  int degree;
  double alpha_pos;
  double alpha_neg;

  [[nodiscard]] double operator()(double z) const;
  [[nodiscard]] double derivative(double z) const;  // 0 at z = 0

  bool operator==(const PiecewisePower&) const = default;
};

}  // namespace flatsweep::model
