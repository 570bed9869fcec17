#include "flatsweep/model/activation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::model {
namespace {

/// z^degree by repeated squaring.
template <int degree>
double power(double z) {
  if constexpr (degree == 0) {
    return 1.0;
  } else if constexpr (degree % 2 == 0) {
    const double root = power<degree / 2>(z);
    return root * root;
  } else {
    return z * power<degree - 1>(z);
  }
}

/// Call `function.operator()<degree>()`, so that the power is a compile-time constant in its loop.
template <typename Function>
auto with_degree(int degree, Function function) {
  expects(degree >= 1 && degree <= 4);
  if (degree == 1) return function.template operator()<1>();
  if (degree == 2) return function.template operator()<2>();
  if (degree == 3) return function.template operator()<3>();
  return function.template operator()<4>();
}

template <int degree>
double value(const PiecewisePower& sigma, double z) {
  return (z > 0.0 ? sigma.alpha_pos : sigma.alpha_neg) * power<degree>(std::abs(z));
}

template <int degree>
double slope(const PiecewisePower& sigma, double z) {
  return z == 0.0 ? 0.0 : degree * (z > 0.0 ? sigma.alpha_pos : -sigma.alpha_neg) * power<degree - 1>(std::abs(z));
}

/// Replace every entry of z by the function of it. The function holds what it needs by value, so that nothing
/// aliases the entries and the loop vectorises.
template <typename Function>
void transform(Eigen::Ref<Matrix> z, Function function) {
  for (Index j = 0; j < z.cols(); ++j) {
    double* column = z.col(j).data();
    for (Index i = 0; i < z.rows(); ++i) column[i] = function(column[i]);
  }
}

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
  const auto slope = parse_double(text);
  if (!slope || !(0.0 < *slope && *slope < 1.0))
    throw Error(fmt::format("activation `{}` has no valid slope", name),
                "the slope of leaky_relu lies strictly between 0 and 1",
                fmt::format("Write e.g. {}, or relu or linear for the ends", default_leaky));
  return *slope;
}

}  // namespace

double PiecewisePower::operator()(double z) const {
  return with_degree(
      degree, [&]<int p>() { return value<p>(*this, z); });
}

double PiecewisePower::derivative(double z) const {
  return with_degree(
      degree, [&]<int p>() { return slope<p>(*this, z); });
}

void PiecewisePower::apply(Eigen::Ref<Matrix> z) const {
  with_degree(
      degree,
      [&]<int p>() {
        transform(
            z, [sigma = *this](double entry) { return value<p>(sigma, entry); });
      });
}

void PiecewisePower::differentiate(Eigen::Ref<Matrix> z) const {
  with_degree(
      degree,
      [&]<int p>() {
        transform(
            z, [sigma = *this](double entry) { return slope<p>(sigma, entry); });
      });
}

Activation Activation::parse(std::string_view name) {
  const auto fixed = std::ranges::find(fixed_powers, name, &NamedPower::name);
  if (fixed != fixed_powers.end()) return {std::string(fixed->name), fixed->power};
  if (name == "leaky_relu") return parse(default_leaky);
  if (name.starts_with(leaky_prefix)) {
    const double slope = parse_slope(name, name.substr(leaky_prefix.size()));
    return {fmt::format("{}{}", leaky_prefix, shortest(slope)), {1, 1.0, -slope}};
  }
  throw unknown_name("activation", name, names());
}

std::vector<std::string> Activation::names() {
  std::vector<std::string> all;
  for (const NamedPower& fixed : fixed_powers) all.emplace_back(fixed.name);
  all.emplace(all.begin() + 1, default_leaky);
  return all;
}

}  // namespace flatsweep::model
