#include "flatsweep/model/interpolator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

/// What stands after the colon of an interpolator's name.
enum class Parameter { none, start_scale, start_scale_or_best };

struct Kind {
  std::string_view name;
  Parameter parameter = Parameter::none;
  PenaltyUse penalty = PenaltyUse::none;
};

/// To add an interpolator, add its name here and its row in experiment/interpolators.cpp, at the same place.
constexpr auto kinds = std::to_array<Kind>({
    {"flattest", Parameter::none, PenaltyUse::of_program},
    {"minimum_l2", Parameter::none, PenaltyUse::of_program},
    {"random"},
    {"gradient_flow", Parameter::start_scale},
    {"flattest_network", Parameter::start_scale_or_best},
    {"label_noise", Parameter::start_scale},
    {"sam", Parameter::start_scale},
    {"weight_decay", Parameter::start_scale},
    {"fixed_decay", Parameter::start_scale, PenaltyUse::of_training},
});

constexpr std::string_view best = "best";
constexpr double smallest_scale = 1e-3, largest_scale = 1e3;

/// Return the position of the kind of this name, which may have a parameter.
std::size_t position(std::string_view name) {
  const auto found = std::ranges::find(kinds, name.substr(0, name.find(':')), &Kind::name);
  return static_cast<std::size_t>(found - kinds.begin());
}

/// @param name for messages
double parse_scale(const Kind& kind, std::string_view name, std::string_view text) {
  const auto scale = parse_double(text);
  if (!scale || !(smallest_scale <= *scale && *scale <= largest_scale))
    throw Error(fmt::format("interpolator `{}` has no valid start scale", name),
                fmt::format("the scale of the start is a number from {} to {}{}", smallest_scale, largest_scale,
                            kind.parameter == Parameter::start_scale_or_best ? ", or best" : ""),
                fmt::format("Write e.g. {0}:1 or {0}:16", kind.name));
  return *scale;
}

constexpr EnumNames<Objective, 2> objectives{"objective", {"norm", "trace"}};

}  // namespace

Interpolator Interpolator::parse(std::string_view name) {
  const std::size_t colon = name.find(':');
  const std::size_t place = position(name);
  const bool has_parameter = colon != std::string_view::npos;
  if (place == kinds.size() || (has_parameter && kinds[place].parameter == Parameter::none))
    throw unknown_name("interpolator", name, names());
  const Kind& kind = kinds[place];
  if (kind.parameter == Parameter::none) return Interpolator(std::string(name));
  const std::string_view text = has_parameter ? name.substr(colon + 1) : "1";
  if (text == best && kind.parameter == Parameter::start_scale_or_best) return Interpolator(std::string(name));
  const double scale = parse_scale(kind, name, text);
  return Interpolator(fmt::format("{}:{}", kind.name, shortest(scale)), scale);
}

std::vector<std::string> Interpolator::names() {
  std::vector<std::string> all;
  for (const Kind& kind : kinds) {
    all.emplace_back(kind.name);
    if (kind.parameter != Parameter::none) all.back() += ":1";
  }
  return all;
}

std::size_t Interpolator::kind() const {
  const std::size_t place = position(name_);
  ensures(place < kinds.size());
  return place;
}

bool Interpolator::is_trained() const { return kinds[kind()].parameter != Parameter::none; }

PenaltyUse Interpolator::penalty_use() const { return kinds[kind()].penalty; }

Objective parse_objective(std::string_view text) { return objectives.parse(text); }

std::string to_string(Objective objective) { return std::string(objectives.name(objective)); }

}  // namespace flatsweep::model
