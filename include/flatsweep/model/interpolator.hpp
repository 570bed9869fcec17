#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flatsweep::model {

/// Which point of {a : S a = y} is measured.
enum class Interpolator { flattest, minimum_l2, random };

/// The weights kappa of the flattest interpolator's program.
enum class Objective { norm, trace };

/// @throws Error for an unknown name
Interpolator parse_interpolator(std::string_view text);
std::string to_string(Interpolator interpolator);
std::vector<std::string> interpolator_names();

/// @throws Error for an unknown name
Objective parse_objective(std::string_view text);
std::string to_string(Objective objective);

}  // namespace flatsweep::model
