#pragma once

#include <algorithm>
#include <array>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <numbers>

namespace flatsweep::test {

/// Return the integral of f over [lower, upper], by panels of Gauss-Legendre rules.
template <typename F>
double integrate(F&& f, double lower, double upper) {
  constexpr int panels = 8;
  double sum = 0.0;
  for (int i = 0; i < panels; ++i) {
    const double a = lower + (upper - lower) * i / panels;
    const double b = lower + (upper - lower) * (i + 1) / panels;
    sum += boost::math::quadrature::gauss<double, 20>::integrate(f, a, b);
  }
  return sum;
}

/// Return E f(u), u ~ N(0, 1), for f smooth except at `kink` and varying on the length `scale` around it.
template <typename F>
double gaussian_expectation(F&& f, double kink = 0.0, double scale = 1.0) {
  constexpr double reach = 13.0;
  const auto weighted = [&](double u) { return f(u) * std::exp(-0.5 * u * u) / std::sqrt(2.0 * std::numbers::pi); };
  const auto inside = [&](double u) { return std::clamp(u, -reach, reach); };
  const std::array<double, 5> cuts = {-reach, inside(kink - 10.0 * scale), inside(kink), inside(kink + 10.0 * scale),
                                      reach};
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) sum += integrate(weighted, cuts[i], cuts[i + 1]);
  return sum;
}

/// Return E f(u) g(v) for standard Gaussians of correlation rho in [-1, 1], for f and g smooth except at 0.
template <typename F, typename G>
double pair_expectation(F&& f, G&& g, double rho) {
  const double root = std::sqrt((1.0 - rho) * (1.0 + rho));
  if (root == 0.0) return gaussian_expectation([&](double u) { return f(u) * g(rho * u); });
  const auto conditional = [&](double u) {
    return f(u) * gaussian_expectation([&](double z) { return g(rho * u + root * z); }, -rho * u / root);
  };
  return gaussian_expectation(conditional, 0.0, root);
}

}  // namespace flatsweep::test
