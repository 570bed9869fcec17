#include "train/descent.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "sampled_problem.hpp"
#include "train/flush_denormals.hpp"

using namespace flatsweep;
using train::Descent;
using train::Weights;

namespace {

Weights start_of(const test::SampledProblem& sampled) {
  return {sampled.directions, Vector::LinSpaced(sampled.directions.rows(), -1.0, 1.0)};
}

double distance(const Weights& x, const Weights& y) {
  return std::sqrt(Weights{x.inner - y.inner, x.outer - y.outer}.squared_norm() / y.squared_norm());
}

}  // namespace

TEST_CASE("steps in single precision follow those in double precision", "[train]") {
  for (const char* activation : {"relu", "quadratic", "relu3", "quartic"}) {
    INFO(activation);
    const test::SampledProblem sampled(activation, 5, 150, 40);  // three blocks of samples, the last one shorter
    const train::Problem problem = sampled.problem();
    Descent<double> exact(problem, start_of(sampled));
    Descent<float> rounded(problem, start_of(sampled));
    const double rate = 0.5 / exact.curvature(20);
    for (int k = 0; k < 20; ++k) {
      exact.step({.rate = rate, .decay = 1e-3, .radius = 1e-2});
      rounded.step({.rate = static_cast<float>(rate), .decay = 1e-3F, .radius = 1e-2F});
      CHECK(rounded.loss() == Approx(exact.loss()).epsilon(1e-4));
      CHECK(rounded.trace() == Approx(exact.trace()).epsilon(1e-4));
    }
    CHECK(distance(rounded.weights(), exact.weights()) <= 1e-4);
  }
}

TEST_CASE("a step is the gradient of the loss with noise and decay, by finite differences", "[train]") {
  const test::SampledProblem sampled("relu2", 3, 7, 4);
  const train::Problem problem = sampled.problem();
  const Weights start = start_of(sampled);
  const Vector noise = Vector::LinSpaced(7, -0.5, 1.0);
  Descent<double> descent(problem, start);
  descent.step({.rate = 1.0, .decay = 0.1, .noise = &noise});
  train::Problem noisy = problem;
  const Vector labels = problem.labels + noise;
  const auto value = [&](const Weights& weights) {
    return test::loss({problem.features, labels, problem.inner_weights, problem.index_directions, problem.activation},
                      weights) +
           0.1 * weights.squared_norm();
  };
  for (Index k = 0; k < start.inner.size(); ++k) {
    Weights above = start, below = start;
    above.inner.data()[k] += 1e-6;
    below.inner.data()[k] -= 1e-6;
    CHECK(start.inner.data()[k] - descent.weights().inner.data()[k] ==
          Approx((value(above) - value(below)) / 2e-6).epsilon(1e-6).margin(1e-8));
  }
  for (Index k = 0; k < start.outer.size(); ++k) {
    Weights above = start, below = start;
    above.outer(k) += 1e-6;
    below.outer(k) -= 1e-6;
    CHECK(start.outer(k) - descent.weights().outer(k) ==
          Approx((value(above) - value(below)) / 2e-6).epsilon(1e-6).margin(1e-8));
  }
}

TEST_CASE("a sharpness-aware step survives samples without a gradient", "[train]") {
  const test::SampledProblem sampled("relu", 3, 8, 2);
  test::SampledProblem dead = sampled;
  dead.features.row(3).setZero();  // J_i = 0
  const train::Problem problem = dead.problem();
  Descent<float> descent(problem, start_of(dead));
  descent.step({.rate = 0.01F, .radius = 0.1F});
  CHECK(std::isfinite(descent.weights().squared_norm()));
}

TEST_CASE("denormals are zero while they are flushed, and not afterwards", "[train]") {
  volatile float tiny = std::numeric_limits<float>::min();
  volatile float half = 0.5F;
  {
    const train::FlushDenormals flush;
#if defined(__SSE2__) || defined(__aarch64__)
    CHECK(tiny * half == 0.0F);
#endif
  }
  CHECK(tiny * half > 0.0F);
}
