#include "flatsweep/solve/scaled_program.hpp"

#include <cmath>
#include <cstdlib>

namespace flatsweep::solve {
namespace {

/// S is taken as it is up to this exponent: its products are far from the limits of single precision.
constexpr int harmless_exponent = 30;

template <typename Dense>
int exponent_of_largest(const Dense& values) {
  const double largest = values.cwiseAbs().maxCoeff();
  return largest > 0.0 ? std::ilogb(largest) : 0;
}

/// values times 2^exponent; unlike the factor, no entry overflows on the way to order 1.
template <typename Dense>
auto scaled(const Dense& values, int exponent) {
  return values.unaryExpr([exponent](double value) { return std::ldexp(value, exponent); });
}

}  // namespace

ScaledProgram::ScaledProgram(const Program& program)
    : original_(program),
      activations_exponent_(exponent_of_largest(program.activations)),
      labels_exponent_(exponent_of_largest(program.labels)),
      kappa_exponent_(exponent_of_largest(program.kappa)),
      labels_(scaled(program.labels, -labels_exponent_)),
      kappa_(scaled(program.kappa, -kappa_exponent_)) {
  if (std::abs(activations_exponent_) <= harmless_exponent)
    activations_exponent_ = 0;
  else
    activations_ = scaled(program.activations, -activations_exponent_);
}

MatrixView ScaledProgram::activations() const {
  return activations_.size() == 0 ? original_.activations : MatrixView(activations_);
}

/// With S = s S', y = l y', kappa = k kappa': a = (l/s) a', P = k (l/s)^q P', nu = (P/P') nu' / l.
Solution ScaledProgram::restored(Solution solution) const {
  const int exponent = labels_exponent_ - activations_exponent_;
  const double objective_exponent = kappa_exponent_ + original_.q * exponent;
  solution.outer_weights = scaled(solution.outer_weights, exponent).eval();
  solution.dual *= std::exp2(objective_exponent - labels_exponent_);
  solution.certificate.objective *= std::exp2(objective_exponent);
  return solution;
}

}  // namespace flatsweep::solve
