#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <random>

#include "flatsweep/experiment/experiment.hpp"
#include "seed.hpp"

using namespace flatsweep;

namespace {

template <typename T>
T one_of(std::initializer_list<T> values, std::mt19937_64& random) {
  return values.begin()[random() % values.size()];
}

/// Small, and near the sizes where the neurons' span ends.
job::Configuration draw(std::mt19937_64& random) {
  const auto activation = model::Activation::parse(
      one_of({"linear", "quadratic", "quartic", "relu", "abs", "relu2", "leaky_relu:0.3"}, random));
  auto link = model::Link::parse("matched");
  do
    link = model::Link::parse(one_of(
        {"matched", "mirrored", "tanh", "quadratic", "hermite:1", "hermite:2", "relu", "quadratic_form"}, random));
  while (link.vanishes(activation));
  job::Configuration configuration{
      {.activation = activation,
       .link = link,
       .interpolator = model::Interpolator::parse(one_of({"flattest", "minimum_l2"}, random)),
       .indices = one_of<Index>({1, 2}, random),
       .noise = one_of({0.0, 0.5}, random),
       .d = one_of<Index>({4, 5, 6}, random),  // quadratic_form with two indices takes four
       .seed = random() % 100,
       .gamma = one_of({0.0, 0.3, 0.8, 1.0}, random)},
      {},
      one_of<Index>({4, 14, 22, 30, 60}, random)};
  configuration.width = std::max<Index>(1, configuration.samples * one_of<Index>({1, 2, 4}, random) / 2);
  return configuration;
}

}  // namespace

TEST_CASE("what is infeasible by construction is infeasible", "[experiment]") {
  auto random = test::random_generator();
  int foretold = 0, infeasible = 0;
  for (int i = 0; i < 600; ++i) {
    job::Configuration configuration = draw(random);
    job::Settings settings;
    configuration.offset.value = one_of({0.0, 1.0}, random);
    settings.spectrum = false;
    const auto why = experiment::infeasible_by_construction(configuration);
    const auto outcome = experiment::compute_outcome(configuration, settings);
    CAPTURE(configuration.activation.name(), configuration.link.name(), configuration.indices, configuration.noise,
            configuration.d, configuration.gamma, configuration.samples, configuration.width,
            configuration.offset.value, outcome.message);
    if (why) CHECK(outcome.status == Status::infeasible);
    foretold += why ? 1 : 0;
    infeasible += outcome.status == Status::infeasible ? 1 : 0;
  }
  std::cout << foretold << " of " << infeasible << " infeasible configurations were foretold\n";
  CHECK(foretold > infeasible / 3);
}
