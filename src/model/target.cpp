#include "flatsweep/model/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

/// A link without a parameter.
struct LinkRow {
  std::string_view name;
  Link::Kind kind;
  double (*smooth)(double z) = nullptr;  ///< odd, bounded, no polynomial, and analytic for |Im z| < pi/2
};

constexpr auto link_rows = std::to_array<LinkRow>({
    {"matched", Link::Kind::matched},
    {"mirrored", Link::Kind::mirrored},
    {"quadratic_form", Link::Kind::quadratic_form},
    {"tanh", Link::Kind::smooth, [](double z) { return std::tanh(z); }},
    {"sine", Link::Kind::smooth, [](double z) { return std::sin(z); }},
});

constexpr std::string_view hermite_prefix = "hermite:";
constexpr int highest_hermite_degree = 8;

constexpr EnumNames<Coefficients, 2> coefficient_names{"kind of coefficients", {"equal", "random"}};
constexpr std::string_view spread_prefix = "normal:";

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
  if (const auto row = std::ranges::find(link_rows, name, &LinkRow::name); row != link_rows.end()) {
    Link link(std::string(name), row->kind);
    link.smooth_ = row->smooth;
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
  for (const LinkRow& row : link_rows) all.emplace_back(row.name);
  for (int k = 1; k <= highest_hermite_degree; ++k) all.push_back(fmt::format("{}{}", hermite_prefix, k));
  for (const std::string& activation : Activation::names()) all.push_back(activation);
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

double quadratic_form_variance(Index d) {
  expects(d >= 2);
  const auto k = static_cast<double>(d / 2);
  const double mean = std::exp(std::lgamma((k + 1.0) / 2.0) - std::lgamma(k / 2.0)) / std::sqrt(std::numbers::pi * k);
  return 0.5 - mean * mean;
}

Coefficients parse_coefficients(std::string_view text) { return coefficient_names.parse(text); }

std::string to_string(Coefficients coefficients) { return std::string(coefficient_names.name(coefficients)); }

Offset parse_offset(std::string_view text) {
  const bool is_spread = text.starts_with(spread_prefix);
  const auto number = parse_double(is_spread ? text.substr(spread_prefix.size()) : text);
  if (!number || !std::isfinite(*number) || (is_spread && *number < 0.0))
    throw Error(fmt::format("offset `{}` is not valid", text),
                "it is a finite number, or normal:s for a draw of N(0, s^2) per seed with s >= 0",
                "Write e.g. 0, 0.5 or normal:1");
  const double value = *number + 0.0;  // -0 becomes 0
  return is_spread ? Offset{0.0, value} : Offset{value, 0.0};
}

std::string to_string(const Offset& offset) {
  if (offset.spread > 0.0) return fmt::format("{}{}", spread_prefix, shortest(offset.spread));
  return shortest(offset.value);
}

}  // namespace flatsweep::model
