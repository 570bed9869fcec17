#include "flatsweep/measure/flatness.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/measure/losses.hpp"
#include "random_problem.hpp"
#include "seed.hpp"

using namespace flatsweep;
using test::RandomNetwork;

namespace {

/// Return (1/n) sum_i (h(x_i) - y_i)^2 of the network with these weights.
double loss(const RandomNetwork& network, const Matrix& inner, const Vector& outer, const Vector& labels) {
  Matrix hidden = network.features * inner.transpose();
  network.activation.apply(hidden);
  return (hidden * outer - labels).squaredNorm() / static_cast<double>(labels.size());
}

/// Return the trace of the loss' Hessian by second central differences in every parameter.
double trace_by_differences(const RandomNetwork& network, Matrix inner, Vector outer, const Vector& labels) {
  constexpr double h = 1e-4;
  const double centre = loss(network, inner, outer, labels);
  double trace = 0.0;
  const auto add = [&](double& parameter) {
    const double value = parameter;
    parameter = value + h;
    const double above = loss(network, inner, outer, labels);
    parameter = value - h;
    const double below = loss(network, inner, outer, labels);
    parameter = value;
    trace += (above - 2.0 * centre + below) / (h * h);
  };
  for (double& weight : inner.reshaped()) add(weight);
  for (double& weight : outer) add(weight);
  return trace;
}

/// Return (2/n) ||J||_F^2, the trace at an interpolator, of the network rescaled by t.
double trace_at(const RandomNetwork& network, const Vector& t) {
  const auto& sigma = network.activation.power();
  const Matrix z = network.features * (t.asDiagonal() * network.inner_weights).transpose();
  double sum = 0.0;
  for (Index j = 0; j < z.cols(); ++j) {
    const double a = network.outer_weights(j) * std::pow(t(j), -sigma.degree);
    for (Index i = 0; i < z.rows(); ++i) {
      const double slope = a * sigma.derivative(z(i, j));
      sum += sigma(z(i, j)) * sigma(z(i, j)) + slope * slope * network.features.row(i).squaredNorm();
    }
  }
  return 2.0 * sum / static_cast<double>(z.rows());
}

/// Minimise the trace over log t by Hooke and Jeeves' pattern search.
double smallest_trace_by_search(const RandomNetwork& network, Vector log_t) {
  const auto value_at = [&](const Vector& s) { return trace_at(network, s.array().exp().matrix()); };
  double best = value_at(log_t);
  for (double step = 1.0; step > 1e-7;) {
    bool improved = false;
    for (Index j = 0; j < log_t.size(); ++j) {
      for (const double move : {step, -step}) {
        log_t(j) += move;
        const double value = value_at(log_t);
        if (value < best) {
          best = value;
          improved = true;
          break;
        }
        log_t(j) -= move;
      }
    }
    if (!improved) step *= 0.5;
  }
  return best;
}

bool has_zero_activation(const RandomNetwork& network) { return network.curvature().outer.minCoeff() == 0.0; }

/// Return the dual objective D(t nu0), for q > 1.
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

TEST_CASE("flatness is the trace of the loss' Hessian at the flattest rescaling, by finite differences", "[measure]") {
  for (const auto& name : test::all_activations) {
    RandomNetwork network(name, 40, 5, 3, 8);
    REQUIRE_FALSE(has_zero_activation(network));
    const Vector labels = network.activations * network.outer_weights;
    const Vector t = measure::flattest_rescaling(network.activation, network.curvature(), network.outer_weights);
    const Matrix inner = t.asDiagonal() * network.inner_weights;
    const Vector outer = network.outer_weights.array() * t.array().pow(-network.activation.degree());
    INFO(name);
    CHECK(trace_by_differences(network, inner, outer, labels) == Approx(network.flatness()).epsilon(1e-5));
    CHECK(trace_by_differences(network, network.inner_weights, network.outer_weights, labels) ==
          Approx(measure::flatness_unit(network.curvature(), network.outer_weights)).epsilon(1e-5));
  }
}

TEST_CASE("no rescaling that a general minimiser finds is flatter", "[measure]") {
  for (const auto& name : test::all_activations) {
    RandomNetwork network(name, 40, 5, 3, 8);
    INFO(name);
    const double found = smallest_trace_by_search(network, test::gaussian_matrix(3, 8, 1));
    CHECK(found >= network.flatness() * (1.0 - 1e-12));
    CHECK(found == Approx(network.flatness()).epsilon(1e-9));
  }
}

TEST_CASE("rescaling W and a changes the trace at the given weights, but neither loss nor flatness", "[measure]") {
  const auto seed = test::case_seed();
  for (const auto& name : test::all_activations) {
    const RandomNetwork network(name, seed, 12, 4, 9);
    RandomNetwork rescaled = network;
    const Vector t = (0.5 * test::gaussian_matrix(seed + 9, 9, 1)).array().exp();
    const double p = network.activation.degree();
    rescaled.inner_weights = t.asDiagonal() * network.inner_weights;
    rescaled.outer_weights = network.outer_weights.cwiseQuotient(t.unaryExpr([&](double x) { return std::pow(x, p); }));
    rescaled.activations = network.features * rescaled.inner_weights.transpose();
    rescaled.activation.apply(rescaled.activations);
    const auto teacher = test::random_teacher("tanh", name, 5, 4, 2, 0.3);
    INFO(name);
    CHECK(rescaled.flatness() == Approx(network.flatness()).epsilon(1e-12));
    CHECK(measure::flatness_unit(rescaled.curvature(), rescaled.outer_weights) !=
          Approx(measure::flatness_unit(network.curvature(), network.outer_weights)).epsilon(1e-6));
    CHECK(measure::monte_carlo_loss(teacher, rescaled.inner_weights, rescaled.outer_weights, 0.1, 1, 300).mean ==
          Approx(measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0.1, 1, 300).mean)
              .epsilon(1e-10));
  }
}

TEST_CASE("neurons without weight or activation have no rescaling and no flatness", "[measure]") {
  RandomNetwork network("relu", 4, 6, 3, 5);
  network.outer_weights(1) = 0.0;
  network.activations.col(2).setZero();  // zero on these data
  const auto curvature = network.curvature();
  const Vector t = measure::flattest_rescaling(network.activation, curvature, network.outer_weights);
  CHECK(t(1) == 0.0);
  CHECK(t(2) == 0.0);
  CHECK(measure::trace_weights(network.activation, curvature)(2) == 0.0);
  CHECK(std::isfinite(network.flatness()));
}

TEST_CASE("the teacher's flatness is that of the network that it is", "[measure]") {
  constexpr Index copies = 5, indices = 3, width = copies * indices;
  const Matrix features = sample::sample_features(3, 7, 20);
  for (const auto& name : test::all_activations) {
    const auto teacher = test::random_teacher("matched", name, 3, 7, indices, 0.0);
    Matrix inner(width, 7);
    Vector outer(width);
    for (Index j = 0; j < width; ++j) {
      inner.row(j) = teacher.index_directions.row(j % indices);
      outer(j) = teacher.coefficients(j % indices) / copies;
    }
    Matrix activations = features * inner.transpose();
    teacher.activation.apply(activations);
    CHECK((activations * outer - teacher.evaluate(features)).norm() <= 1e-12 * activations.norm());
    const auto curvature = measure::curvature(teacher.activation, activations, features);
    const double written_out =
        measure::flatness(measure::trace_weights(teacher.activation, curvature), outer, teacher.activation.exponent());
    INFO(name);
    CHECK(measure::flatness_teacher(teacher, features, width, 0.0) == Approx(written_out).epsilon(1e-12));
  }
}

TEST_CASE("a teacher that does not interpolate has no flatness", "[measure]") {
  const Matrix features = sample::sample_features(3, 7, 20);
  const auto matched = test::random_teacher("matched", "relu", 3, 7, 2, 0.0);
  const auto shifted = test::random_teacher("matched", "relu", 3, 7, 2, 0.5);
  const auto other = test::random_teacher("tanh", "relu", 3, 7, 2, 0.0);
  CHECK(std::isnan(measure::flatness_teacher(matched, features, 40, 0.1)));
  CHECK(std::isnan(measure::flatness_teacher(shifted, features, 40, 0.0)));
  CHECK(std::isnan(measure::flatness_teacher(other, features, 40, 0.0)));
}

TEST_CASE("the bound for q > 1 is the dual's largest value on its line", "[measure]") {
  for (const std::string name : {"quadratic", "relu2", "relu3", "quartic"}) {
    const RandomNetwork network(name, 21, 6, 5, 14);
    const Vector labels = test::gaussian_matrix(8, 6, 1);
    const Vector kappa = network.trace_weights();
    const Vector direction = test::minimum_norm_direction(network.activations, labels);
    const double bound =
        measure::objective_bound(network.activations, labels, kappa, network.activation.exponent(), direction);
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
    const Vector direction = test::minimum_norm_direction(network.activations, labels);
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
  const Vector none = Vector::Constant(4, not_a_number);
  CHECK(std::isnan(measure::objective_bound(network.activations, Vector::Ones(4), ones, 1.0, none)));
}
