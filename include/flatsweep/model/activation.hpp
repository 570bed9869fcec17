#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/piecewise_power.hpp"

namespace flatsweep::model {

/// A named piecewise power: the non-linearity of the network's neurons.
class Activation {
 public:
  /// From its name in a job: `relu`, `leaky_relu:0.1`, ...
  /// @throws Error for an unknown name (naming the nearest) or a slope outside (0, 1)
  static Activation parse(std::string_view name);

  /// One canonical name of each kind that `parse` knows, for messages.
  static std::vector<std::string> names();

  /// Canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// sigma.
  [[nodiscard]] const PiecewisePower& power() const { return power_; }
  /// p: sigma(t z) = t^p sigma(z) for t > 0.
  [[nodiscard]] int degree() const { return power_.degree; }

  /// q = 2p/(p+1) of the flattest interpolator's program.
  [[nodiscard]] double exponent() const { return 2.0 * degree() / (degree() + 1.0); }

  /// sigma(z).
  [[nodiscard]] double operator()(double z) const { return power_(z); }

  /// z := sigma(z), entry by entry. Allocates nothing.
  void apply(Eigen::Ref<Matrix> z) const { power_.apply(z); }

  bool operator==(const Activation&) const = default;  ///< member by member

 private:
  Activation(std::string name, PiecewisePower power) : name_(std::move(name)), power_(power) {}

  std::string name_;
  PiecewisePower power_;
};

}  // namespace flatsweep::model
