#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flatsweep::model {

/// A way to get from a sampled problem to a network, by its name in a job.
class Interpolator {
 public:
  /// The flattest one.
  Interpolator() = default;

  /// @throws Error for an unknown name (naming the nearest)
  static Interpolator parse(std::string_view name);

  /// The names that `parse` knows, one of each kind; the flattest one first.
  static std::vector<std::string> names();

  /// Canonical name: parse(name()) == *this.
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Position of its kind in names().
  [[nodiscard]] std::size_t kind() const;

  bool operator==(const Interpolator&) const = default;  ///< member by member

 private:
  explicit Interpolator(std::string name) : name_(std::move(name)) {}

  std::string name_ = "flattest";  // with a parameter if its kind has one
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
