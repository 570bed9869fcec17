#include "flatsweep/model/interpolator.hpp"

#include <algorithm>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

/// To add an interpolator, add its name here and its row in experiment/interpolators.cpp.
const std::vector<std::string> interpolators = {"flattest", "minimum_l2", "random"};

constexpr EnumNames<Objective, 2> objectives{"objective", {"norm", "trace"}};

}  // namespace

Interpolator Interpolator::parse(std::string_view name) {
  if (std::ranges::find(interpolators, name) == interpolators.end())
    throw unknown_name("interpolator", name, interpolators);
  return Interpolator(std::string(name));
}

std::vector<std::string> Interpolator::names() { return interpolators; }

std::size_t Interpolator::kind() const {
  const auto found = std::ranges::find(interpolators, name_.substr(0, name_.find(':')));
  ensures(found != interpolators.end());
  return static_cast<std::size_t>(found - interpolators.begin());
}

Objective parse_objective(std::string_view text) { return objectives.parse(text); }

std::string to_string(Objective objective) { return std::string(objectives.name(objective)); }

}  // namespace flatsweep::model
