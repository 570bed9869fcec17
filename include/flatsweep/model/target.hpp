#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"

namespace flatsweep::model {

/// The target's one-dimensional function g as a job names it. `matched` and `mirrored` become a function only
/// together with the network's activation.
class Link {
 public:
  /// Which formula g is.
  enum class Kind {
    matched,         ///< sigma(z), of the network
    mirrored,        ///< (sigma(z) + sigma(-z))/2
    activation,      ///< a named activation, whatever the network's is
    hermite,         ///< He_k(z)/sqrt(k!)
    smooth,          ///< tanh(z) or sin(z): odd, bounded and analytic for |Im z| < pi/2
    quadratic_form,  ///< no function of one variable: the target is max(x'Ax, 0)
  };

  /// Return the link that a job names.
  /// @throws Error for an unknown name or a Hermite degree outside 1..8
  static Link parse(std::string_view name);

  /// Return one canonical name of each kind that parse() knows, for messages.
  static std::vector<std::string> names();

  /// The canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// The formula of g.
  [[nodiscard]] Kind kind() const { return kind_; }
  /// Whether the target is a quadratic form, so that its loss is not known exactly.
  [[nodiscard]] bool is_quadratic_form() const { return kind_ == Kind::quadratic_form; }

  /// The degree k of `hermite:k`; 0 for other links.
  [[nodiscard]] int hermite_degree() const { return hermite_degree_; }

  /// Return g as a piecewise power for `matched`, `mirrored` and activation links; nothing for the others.
  [[nodiscard]] std::optional<PiecewisePower> piecewise_power(const Activation& network) const;

  /// Return g(z).
  /// @pre !is_quadratic_form()
  [[nodiscard]] double evaluate(double z, const Activation& network) const;

  /// Return g(z) of a link that does not depend on the network.
  /// @pre kind() is hermite or smooth
  [[nodiscard]] double evaluate(double z) const;

  /// Whether g is zero everywhere, as `mirrored` is with `linear`.
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

/// Return Var max(x'Ax, 0) over x ~ N(0, I), the same for every A that quadratic_form samples: with k = floor(d/2) the
/// form is sqrt(1/k) times a sum of k products of two normals, so it is
/// 1/2 - (Gamma((k+1)/2) / (sqrt(pi k) Gamma(k/2)))^2.
/// @param d input dimension, >= 2
double quadratic_form_variance(Index d);

/// How the r coefficients c_i of the target are chosen; they have unit norm.
enum class Coefficients {
  equal,   ///< 1/sqrt(r) each
  random,  ///< uniform on the part of the unit sphere with positive coordinates
};

/// The target's offset b: `value`, plus one sample of N(0, spread^2) per seed.
struct Offset {
  double value = 0.0;   ///< the same for every seed
  double spread = 0.0;  ///< standard deviation over seeds, >= 0

  bool operator==(const Offset&) const = default;  ///< member by member
};

/// Return the way that a job names: `equal` or `random`.
/// @throws Error for any other text
Coefficients parse_coefficients(std::string_view text);
/// Return the canonical name: parse_coefficients(to_string(x)) == x.
std::string to_string(Coefficients coefficients);

/// Return the offset that a job names: a finite number, or `normal:s` for the spread s >= 0.
/// @throws Error for any other text
Offset parse_offset(std::string_view text);
/// Return the canonical text: parse_offset(to_string(x)) == x.
std::string to_string(const Offset& offset);

}  // namespace flatsweep::model
