#include "flatsweep/model/activation.hpp"

#include <algorithm>
#include <array>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"
#include "model/text.hpp"

namespace flatsweep::model {
namespace {

struct NamedPower {
  std::string_view name;
  PiecewisePower power;
};

constexpr auto fixed_powers = std::to_array<NamedPower>({
    {"relu", {1, 1.0, 0.0}},
    {"linear", {1, 1.0, -1.0}},
    {"abs", {1, 1.0, 1.0}},
    {"quadratic", {2, 1.0, 1.0}},
    {"relu2", {2, 1.0, 0.0}},
    {"relu3", {3, 1.0, 0.0}},
    {"quartic", {4, 1.0, 1.0}},
});

constexpr std::string_view leaky_prefix = "leaky_relu:";
constexpr std::string_view default_leaky = "leaky_relu:0.1";

double parse_slope(std::string_view name, std::string_view text) {
  const auto slope = parse_number(text);
  if (!slope || *slope <= 0.0 || *slope >= 1.0) {
    throw Error("activation `" + std::string(name) + "` has no valid slope",
                "the slope of leaky_relu lies strictly between 0 and 1",
                "Write e.g. " + std::string(default_leaky) + ", or relu or linear for the ends");
  }
  return *slope;
}

}  // namespace

Activation Activation::parse(std::string_view name) {
  const auto fixed = std::ranges::find(fixed_powers, name, &NamedPower::name);
  if (fixed != fixed_powers.end()) return {std::string(fixed->name), fixed->power};
  if (name == "leaky_relu") return parse(default_leaky);
  if (const auto text = behind(name, leaky_prefix)) {
    const double slope = parse_slope(name, *text);
    return {std::string(leaky_prefix) + shortest(slope), {1, 1.0, -slope}};
  }
  throw unknown("activation", name, names());
}

std::vector<std::string> Activation::names() {
  std::vector<std::string> all;
  for (const NamedPower& fixed : fixed_powers) all.emplace_back(fixed.name);
  all.emplace(all.begin() + 1, default_leaky);
  return all;
}

}  // namespace flatsweep::model
