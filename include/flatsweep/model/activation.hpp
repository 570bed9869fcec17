#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::model {

/// z -> alpha_pos z_+^degree + alpha_neg (-z)_+^degree.
struct PiecewisePower {
  int degree;        ///< p in 1..4
  double alpha_pos;  ///< factor for z > 0
  double alpha_neg;  ///< factor for z < 0

  /// Return the value at z.
  [[nodiscard]] double operator()(double z) const;
  /// Return the derivative at z; 0 at z = 0.
  [[nodiscard]] double derivative(double z) const;

  /// Replace every entry of z by its value. Allocates nothing.
  void apply(Eigen::Ref<Matrix> z) const;

  /// Replace every entry of z by the derivative at it. Allocates nothing.
  void differentiate(Eigen::Ref<Matrix> z) const;

  bool operator==(const PiecewisePower&) const = default;  ///< member by member
};

/// A named piecewise power sigma: the non-linearity of the network's neurons.
class Activation {
 public:
  /// Return the activation that a job names, e.g. `relu` or `leaky_relu:0.1`.
  /// @throws Error for an unknown name (it suggests the nearest) or a slope outside (0, 1)
  static Activation parse(std::string_view name);

  /// Return one canonical name of each kind that parse() knows, for messages.
  static std::vector<std::string> names();

  /// The canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The function sigma.
  [[nodiscard]] const PiecewisePower& power() const { return power_; }
  /// The degree p of homogeneity: sigma(t z) = t^p sigma(z) for t > 0.
  [[nodiscard]] int degree() const { return power_.degree; }

  /// The exponent q = 2p/(p+1) of the flattest interpolator's program.
  [[nodiscard]] double exponent() const { return 2.0 * degree() / (degree() + 1.0); }

  /// Return sigma(z).
  [[nodiscard]] double operator()(double z) const { return power_(z); }

  /// Replace every entry of z by sigma of it. Allocates nothing.
  void apply(Eigen::Ref<Matrix> z) const { power_.apply(z); }

  bool operator==(const Activation&) const = default;  ///< member by member

 private:
  Activation(std::string name, PiecewisePower power) : name_(std::move(name)), power_(power) {}

  std::string name_;
  PiecewisePower power_;
};

}  // namespace flatsweep::model
