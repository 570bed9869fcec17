#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/piecewise_power.hpp"

namespace flatsweep::model {

/// The teacher's one-dimensional function g as a job names it. `matched` and
/// `mirrored` become a function only together with the network's activation.
class Link {
 public:
  /// Which formula g is.
  enum class Kind {
    matched,         ///< sigma(z), of the network
    mirrored,        ///< (sigma(z) + sigma(-z))/2
    activation,      ///< one of its own
    hermite,         ///< He_k(z)/sqrt(k!)
    smooth,          ///< a row of the table of smooth functions: tanh, sine
    quadratic_form,  ///< no multi-index model: max(x'Ax, 0)
  };

  /// @throws Error for an unknown name or a Hermite degree outside 1..8
  static Link parse(std::string_view name);

  /// One canonical name of each kind that `parse` knows, for messages.
  static std::vector<std::string> names();

  /// Canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Which of the formulas g is.
  [[nodiscard]] Kind kind() const { return kind_; }

  /// k of `hermite:k`.
  [[nodiscard]] int hermite_degree() const { return hermite_degree_; }

  /// The piecewise power that g is, for `matched`, `mirrored` and activation links; nothing for the others.
  [[nodiscard]] std::optional<PiecewisePower> piecewise_power(const Activation& network) const;

  /// g(z). @pre kind() != quadratic_form
  [[nodiscard]] double evaluate(double z, const Activation& network) const;

  /// The same of a link that follows no network. @pre kind() is hermite or smooth
  [[nodiscard]] double evaluate(double z) const;

  /// True for `mirrored` with `linear`, where g vanishes.
  [[nodiscard]] bool vanishes(const Activation& network) const;

  bool operator==(const Link&) const = default;  ///< member by member

 private:
  Link(std::string name, Kind kind) : name_(std::move(name)), kind_(kind) {}

  std::string name_;
  Kind kind_;
  int hermite_degree_ = 0;
  double (*smooth_)(double z) = nullptr;
  std::optional<Activation> activation_;
};

}  // namespace flatsweep::model
