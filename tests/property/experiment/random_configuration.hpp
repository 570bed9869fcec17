#pragma once

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"

namespace flatsweep::test {

/// A random configuration, and the settings that a job would give it.
struct Draw {
  job::Configuration configuration;
  job::Settings settings;
};

template <typename T>
const T& one_of(const std::vector<T>& values, std::mt19937_64& random) {
  return values[random() % values.size()];
}

inline double uniform(double low, double high, std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

/// Any configuration that a job may ask for, up to `largest` samples; `near_one`: r = 1 and gamma in
/// [0.9, 0.9999], where S is ill-conditioned or rank-deficient.
inline Draw draw_configuration(std::mt19937_64& random, Index largest, bool near_one) {
  static const std::vector<std::string> activations = {"relu",      "leaky_relu:0.1", "leaky_relu:0.7", "linear", "abs",
                                                       "quadratic", "relu2",          "relu3",          "quartic"};
  static const std::vector<std::string> links = {"matched",   "mirrored", "relu", "quadratic",     "hermite:3",
                                                 "hermite:2", "tanh",     "sine", "quadratic_form"};
  const auto activation = model::Activation::parse(one_of(activations, random));
  auto link = model::Link::parse(one_of(links, random));
  while (link.vanishes(activation)) link = model::Link::parse(one_of(links, random));
  const Index d = 4 + static_cast<Index>(random() % 40);
  const bool form = link.kind() == model::Link::Kind::quadratic_form;
  const Index indices =
      near_one ? 1 : 1 + static_cast<Index>(random() % static_cast<std::uint64_t>(form ? d / 2 : d - 1));
  const Index wish = 2 + static_cast<Index>(random() % static_cast<std::uint64_t>(largest - 1));
  const double sample_ratio = static_cast<double>(wish) / static_cast<double>(d);
  const double width_ratio = random() % 8 == 0 ? 1.0 : std::exp(uniform(0.0, std::log(10.0), random));
  const double gamma = near_one       ? uniform(0.9, 0.9999, random)
                       : random() % 2 ? uniform(0.001, 0.999, random)
                                      : std::exp(uniform(std::log(0.001), std::log(0.999), random));
  const auto samples = static_cast<Index>(std::llround(sample_ratio * static_cast<double>(d)));
  const auto width = std::min<Index>(1500, std::llround(width_ratio * static_cast<double>(samples)));
  auto names = model::Interpolator::names();
  names.pop_back();  // fixed_decay, which interpolates nothing
  const auto interpolator =
      random() % 4 > 1 ? model::Interpolator() : model::Interpolator::parse(one_of(names, random));
  Draw draw{.configuration = {{.activation = activation,
                               .link = link,
                               .interpolator = interpolator,
                               .indices = indices,
                               .sample_ratio = sample_ratio,
                               .width_ratio = width_ratio,
                               .d = d,
                               .seed = random() % 1000,
                               .gamma = gamma},
                              {},
                              samples,
                              width},
            .settings = {}};
  if (random() % 2) draw.configuration.noise = std::exp(uniform(std::log(1e-3), std::log(10.0), random));
  if (random() % 2) draw.configuration.offset.spread = 1.0;
  if (random() % 2) draw.configuration.objective = model::Objective::trace;
  if (random() % 2) draw.configuration.coefficients = model::Coefficients::random;
  draw.settings.spectrum = false;
  return draw;
}

inline std::string describe(const Draw& draw) {
  const auto& c = draw.configuration;
  std::ostringstream text;
  text << c.activation.name() << ' ' << c.link.name() << ' ' << c.interpolator.name() << ' ' << to_string(c.objective)
       << " d=" << c.d << " n=" << c.samples << " m=" << c.width << " r=" << c.indices << " gamma=" << c.gamma
       << " noise=" << c.noise << " seed=" << c.seed << " offset=" << c.offset.spread
       << " coefficients=" << to_string(c.coefficients);
  return text.str();
}

}  // namespace flatsweep::test
