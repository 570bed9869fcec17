#include "flatsweep/model/interpolator.hpp"

#include <algorithm>

#include "model/text.hpp"

namespace flatsweep::model {
namespace {

const std::vector<std::string> interpolators = {"flattest", "minimum_l2", "random"};
const std::vector<std::string> objectives = {"norm", "trace"};

/// The enumerator whose name stands at its place in `names`.
template <typename Enum>
Enum parse_enum(std::string_view noun, std::string_view text, const std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) throw unknown(noun, text, names);
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

Interpolator parse_interpolator(std::string_view text) {
  return parse_enum<Interpolator>("interpolator", text, interpolators);
}

std::string to_string(Interpolator interpolator) {
  return interpolators[static_cast<std::size_t>(interpolator)];
}

std::vector<std::string> interpolator_names() { return interpolators; }

Objective parse_objective(std::string_view text) {
  return parse_enum<Objective>("objective", text, objectives);
}

std::string to_string(Objective objective) { return objectives[static_cast<std::size_t>(objective)]; }

}  // namespace flatsweep::model
