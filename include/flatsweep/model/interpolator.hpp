#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flatsweep::model {

/// What the penalty of a configuration means to an interpolator.
enum class PenaltyUse {
  none,         ///< nothing: only 0 is allowed
  of_program,   ///< that of its program, or 0
  of_training,  ///< that of the loss in training, never 0: the network is no interpolator
};

/// A way to get from a sampled problem to a network, by its name in a job.
class Interpolator {
 public:
  /// The flattest one.
  Interpolator() = default;

  /// Return the interpolator that a job names, e.g. `flattest` or `gradient_flow:16`.
  /// @throws Error for an unknown name (naming the nearest), or a start scale that is out of range or has no use
  static Interpolator parse(std::string_view name);

  /// The names that `parse` knows, one of each kind; the flattest one first.
  static std::vector<std::string> names();

  /// Canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Position of its kind in names().
  [[nodiscard]] std::size_t kind() const;

  /// Whether both layers are trained, so that the way there, and with it the row, amplifies rounding.
  [[nodiscard]] bool is_trained() const;

  /// Scale of the weights that training starts from. Nothing for `flattest_network:best`, which tries several, and for
  /// interpolators that are not trained.
  [[nodiscard]] std::optional<double> start_scale() const { return start_scale_; }

  /// What it does with a penalty.
  [[nodiscard]] PenaltyUse penalty_use() const;

  bool operator==(const Interpolator&) const = default;  ///< member by member

 private:
  explicit Interpolator(std::string name, std::optional<double> start_scale = std::nullopt)
      : name_(std::move(name)), start_scale_(start_scale) {}

  std::string name_ = "flattest";  // with its start scale if its kind has one
  std::optional<double> start_scale_;
};

/// The weights kappa of the flattest interpolator's program.
enum class Objective {
  norm,   ///< 1: the paper's program
  trace,  ///< those of the Hessian trace at the flattest rescaling
};

/// @throws Error for an unknown name
Objective parse_objective(std::string_view text);
/// Return the canonical name: parse_objective(to_string(x)) == x.
std::string to_string(Objective objective);

}  // namespace flatsweep::model
