#include "flatsweep/model/interpolator.hpp"

#include <algorithm>

#include "flatsweep/core/contract.hpp"
#include "model/text.hpp"

namespace flatsweep::model {
namespace {

/// To add an interpolator, add its name here and its row in experiment/interpolators.cpp.
const std::vector<std::string> interpolators = {"flattest", "minimum_l2", "random"};

const std::vector<std::string> objectives = {"norm", "trace"};

}  // namespace

Interpolator Interpolator::parse(std::string_view name) {
  if (std::ranges::find(interpolators, name) == interpolators.end())
    throw unknown("interpolator", name, interpolators);
  return Interpolator(std::string(name));
}

std::vector<std::string> Interpolator::names() { return interpolators; }

std::size_t Interpolator::kind() const {
  const auto found = std::ranges::find(interpolators, name_.substr(0, name_.find(':')));
  ensures(found != interpolators.end());
  return static_cast<std::size_t>(found - interpolators.begin());
}

Objective parse_objective(std::string_view text) {
  const auto found = std::ranges::find(objectives, text);
  if (found == objectives.end()) throw unknown("objective", text, objectives);
  return static_cast<Objective>(found - objectives.begin());
}

std::string to_string(Objective objective) { return objectives[static_cast<std::size_t>(objective)]; }

}  // namespace flatsweep::model
