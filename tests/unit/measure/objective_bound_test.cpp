#include "flatsweep/measure/objective_bound.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "random_problem.hpp"

using namespace flatsweep;
using test::RandomNetwork;

namespace {

/// The dual objective D(t nu0), for q > 1.
double dual_value(double t, const RandomNetwork& network, const Vector& labels, const Vector& kappa,
                  const Vector& direction) {
  const double q = network.activation.exponent();
  const double conjugate = q / (q - 1.0);
  const Vector s = t * network.activations.transpose() * direction;
  double value = t * labels.dot(direction);
  for (Index j = 0; j < s.size(); ++j)
    value -= (q - 1.0) * kappa(j) * std::pow(std::abs(s(j)) / (q * kappa(j)), conjugate);
  return value;
}

}  // namespace

TEST_CASE("the bound for q > 1 is the dual's largest value on its line", "[measure]") {
  for (const std::string name : {"quadratic", "relu2", "relu3", "quartic"}) {
    const RandomNetwork network(name, 21, 6, 5, 14);
    const Vector labels = test::gaussian_matrix(8, 6, 1);
    const Vector kappa = network.trace_weights();
    const Vector direction = measure::minimum_norm_direction(network.activations, labels);
    const double bound = measure::objective_bound(network.activations, labels, kappa,
                                                  network.activation.exponent(), direction);
    double largest = 0.0;
    for (double t = 1e-8; t < 1e8; t *= 1.0005)
      largest = std::max(largest, dual_value(t, network, labels, kappa, direction));
    INFO(name);
    CHECK(bound == Approx(largest).epsilon(1e-6));
    CHECK(bound >= largest);
  }
}

TEST_CASE("the bound never exceeds the objective of an interpolator", "[measure]") {
  for (const auto& name : test::all_activations) {
    const RandomNetwork network(name, 33, 6, 5, 14);
    const Vector labels = network.activations * network.outer_weights;
    const Vector kappa = network.trace_weights();
    const double q = network.activation.exponent();
    const Vector direction = measure::minimum_norm_direction(network.activations, labels);
    const Vector minimum_norm = network.activations.transpose() * direction;
    INFO(name);
    CHECK((network.activations * minimum_norm - labels).norm() <= 1e-9 * labels.norm());
    const double bound = measure::objective_bound(network.activations, labels, kappa, q, direction);
    CHECK(bound > 0.0);
    CHECK(bound <= network.flatness());
    CHECK(bound <= measure::flatness(kappa, minimum_norm, q));
  }
}

TEST_CASE("the bound is 0 for zero labels and NaN without a direction", "[measure]") {
  const RandomNetwork network("relu", 2, 4, 3, 8);
  const Vector ones = Vector::Ones(8);
  CHECK(measure::objective_bound(network.activations, Vector::Zero(4), ones, 1.0, Vector::Zero(4)) == 0.0);
  const Vector none = Vector::Constant(4, std::numeric_limits<double>::quiet_NaN());
  CHECK(std::isnan(measure::objective_bound(network.activations, Vector::Ones(4), ones, 1.0, none)));
}
