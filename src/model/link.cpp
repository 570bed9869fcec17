#include "flatsweep/model/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

struct NamedKind {
  std::string_view name;
  Link::Kind kind;
};

constexpr auto fixed_kinds = std::to_array<NamedKind>({
    {"matched", Link::Kind::matched},
    {"mirrored", Link::Kind::mirrored},
    {"quadratic_form", Link::Kind::quadratic_form},
});

struct NamedFunction {
  std::string_view name;
  double (*value)(double z);
};

/// Every function here must be odd, bounded, no polynomial, and analytic for |Im z| < pi/2.
constexpr auto smooth_functions = std::to_array<NamedFunction>({
    {"tanh", [](double z) { return std::tanh(z); }},
    {"sine", [](double z) { return std::sin(z); }},
});

constexpr std::string_view hermite_prefix = "hermite:";
constexpr int highest_hermite_degree = 8;

int parse_hermite_degree(std::string_view name, std::string_view text) {
  const auto degree = parse_integer<int>(text);
  if (!degree || *degree < 1 || *degree > highest_hermite_degree)
    throw Error(fmt::format("link `{}` has no valid degree", name),
                fmt::format("the degree of a Hermite link is an integer from 1 to {}", highest_hermite_degree),
                "Write e.g. hermite:3");
  return *degree;
}

/// He_k(z)/sqrt(k!), from sqrt(i+1) h_{i+1} = z h_i - sqrt(i) h_{i-1}.
double normalised_hermite(int degree, double z) {
  double before = 0.0;
  double current = 1.0;
  for (int i = 0; i < degree; ++i) {
    const double next = (z * current - std::sqrt(i) * before) / std::sqrt(i + 1.0);
    before = current;
    current = next;
  }
  return current;
}

bool names_activation(std::string_view name) {
  return name.starts_with("leaky_relu") || std::ranges::count(Activation::names(), name) > 0;
}

}  // namespace

Link Link::parse(std::string_view name) {
  const auto fixed = std::ranges::find(fixed_kinds, name, &NamedKind::name);
  if (fixed != fixed_kinds.end()) return {std::string(fixed->name), fixed->kind};
  const auto smooth = std::ranges::find(smooth_functions, name, &NamedFunction::name);
  if (smooth != smooth_functions.end()) {
    Link link(std::string(smooth->name), Kind::smooth);
    link.smooth_ = smooth->value;
    return link;
  }
  if (name.starts_with(hermite_prefix)) {
    const int degree = parse_hermite_degree(name, name.substr(hermite_prefix.size()));
    Link link(fmt::format("{}{}", hermite_prefix, degree), Kind::hermite);
    link.hermite_degree_ = degree;
    return link;
  }
  if (!names_activation(name)) throw unknown_name("link", name, names());
  const Activation activation = Activation::parse(name);
  Link link(activation.name(), Kind::activation);
  link.activation_ = activation;
  return link;
}

std::vector<std::string> Link::names() {
  std::vector<std::string> all;
  for (const NamedKind& fixed : fixed_kinds) all.emplace_back(fixed.name);
  for (const NamedFunction& smooth : smooth_functions) all.emplace_back(smooth.name);
  for (int k = 1; k <= highest_hermite_degree; ++k) all.push_back(fmt::format("{}{}", hermite_prefix, k));
  std::ranges::copy(Activation::names(), std::back_inserter(all));
  return all;
}

std::optional<PiecewisePower> Link::piecewise_power(const Activation& network) const {
  const PiecewisePower& sigma = network.power();
  switch (kind_) {
    case Kind::matched:
      return sigma;
    case Kind::mirrored: {
      const double alpha = (sigma.alpha_pos + sigma.alpha_neg) / 2.0;
      return PiecewisePower{sigma.degree, alpha, alpha};
    }
    case Kind::activation:
      return activation_->power();
    default:
      return std::nullopt;
  }
}

double Link::evaluate(double z, const Activation& network) const {
  const auto g = piecewise_power(network);
  return g ? (*g)(z) : evaluate(z);
}

double Link::evaluate(double z) const {
  expects(kind_ == Kind::hermite || kind_ == Kind::smooth);
  return kind_ == Kind::smooth ? smooth_(z) : normalised_hermite(hermite_degree_, z);
}

bool Link::vanishes(const Activation& network) const {
  const auto g = piecewise_power(network);
  return g && g->alpha_pos == 0.0 && g->alpha_neg == 0.0;
}

}  // namespace flatsweep::model
