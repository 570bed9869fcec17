#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flatsweep::model {

/// Which point of {a : S a = y} is measured.
enum class Interpolator {
  flattest,    ///< the optimum of the program
  minimum_l2,  ///< S^+ y
  random,      ///< S^+ y, plus as long a vector of the null space in a random direction
};

/// The weights kappa of the flattest interpolator's program.
enum class Objective {
  norm,   ///< 1: the paper's program
  trace,  ///< measure::trace_weights
};

/// @throws Error for an unknown name
Interpolator parse_interpolator(std::string_view text);
/// Canonical name: parse_interpolator(to_string(x)) == x.
std::string to_string(Interpolator interpolator);
/// All that parse_interpolator knows, for messages.
std::vector<std::string> interpolator_names();

/// @throws Error for an unknown name
Objective parse_objective(std::string_view text);
/// Canonical name: parse_objective(to_string(x)) == x.
std::string to_string(Objective objective);

}  // namespace flatsweep::model
