#include "flatsweep/train/train.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>

#include "cpu_time.hpp"
#include "sampled_problem.hpp"
#include "seed.hpp"
#include "train/linearisation.hpp"

using namespace flatsweep;
using train::Trained;
using train::Weights;

namespace {

double flatness_of(const train::Problem& problem, const Weights& weights) {
  train::Linearisation at(problem, test::never);
  at.evaluate(weights);
  return at.flatness();
}

bool same(const Trained& x, const Trained& y) {
  return x.weights.inner == y.weights.inner && x.weights.outer == y.weights.outer && x.steps == y.steps;
}

struct Algorithm {
  const char* name;
  Trained (*train)(const train::Problem&, const train::Settings&, const StopRequest&);
};

constexpr Algorithm algorithms[] = {{"gradient_flow", train::gradient_flow},
                                    {"flattest_network", train::flattest_network},
                                    {"label_noise", train::label_noise},
                                    {"sam", train::sam},
                                    {"weight_decay", train::weight_decay}};

}  // namespace

TEST_CASE("every algorithm interpolates and says how", "[train]") {
  for (const char* activation : {"relu", "leaky_relu:0.1", "quadratic", "relu2"}) {
    const test::SampledProblem sampled(activation, 5, 20, 20);
    const train::Problem problem = sampled.problem();
    for (const auto& [name, algorithm] : algorithms) {
      INFO(activation << ", " << name);
      const Trained network = algorithm(problem, {.start_scale = 4.0, .steps = 500}, {});
      CHECK(network.status == Status::solved);
      CHECK(network.message.empty());
      CHECK(network.residual <= 1e-10);
      CHECK(test::loss(problem, network.weights) <= 1e-18 * problem.labels.squaredNorm());
      CHECK(network.start.outer.isZero(0.0));
      CHECK(network.start.inner.row(0).norm() > 0.0);
      CHECK(network.steps > 0);
      REQUIRE(network.curve.size() > 2);
      CHECK(network.curve.front().step == 0);
      CHECK(network.curve.back().step == network.steps);
      CHECK(network.curve.back().trace == network.trace);
      for (const train::CurvePoint& point : network.curve)
        CHECK((point.alignment >= 0.0 && point.alignment <= 1.0 + 1e-12));
    }
  }
}

TEST_CASE("the flattest network is never less flat than the end of the flow", "[train]") {
  const std::uint64_t seed = test::case_seed() >> 8;
  for (const char* activation : {"relu", "leaky_relu:0.3", "abs", "quadratic", "relu2"})
    for (const double scale : {1.0, 16.0}) {
      const test::SampledProblem sampled(activation, 5, 20, 24, seed, 2);
      CAPTURE(activation, scale, seed);
      const train::Problem problem = sampled.problem();
      const Trained flow = train::gradient_flow(problem, {.start_scale = scale});
      const Trained flattest = train::flattest_network(problem, {.start_scale = scale});
      CHECK(flattest.status <= flow.status);
      if (flattest.status == flow.status)
        CHECK(flatness_of(problem, flattest.weights) <= flatness_of(problem, flow.weights));
    }
}

TEST_CASE("the best flattest network is as flat as that of every start", "[train]") {
  const test::SampledProblem sampled("relu", 5, 30, 30);
  const train::Problem problem = sampled.problem();
  const double best = flatness_of(problem, train::best_flattest_network(problem, {}).weights);
  for (const double scale : {1.0, 4.0, 16.0})
    CHECK(best <= flatness_of(problem, train::flattest_network(problem, {.start_scale = scale}).weights));
}

TEST_CASE("label noise, sharpness-aware steps and weight decay flatten a network from a large start", "[train]") {
  const test::SampledProblem sampled("relu", 5, 30, 30);
  const train::Problem problem = sampled.problem();
  const train::Settings settings{.start_scale = 16.0, .steps = 4000};
  const double flow = flatness_of(problem, train::gradient_flow(problem, settings).weights);
  for (const auto algorithm : {train::label_noise, train::sam, train::weight_decay}) {
    const Trained network = algorithm(problem, settings, {});
    CHECK(network.status == Status::solved);
    CHECK(flatness_of(problem, network.weights) < 0.6 * flow);
  }
}

TEST_CASE("training gives the same bits again; label noise depends on the seed", "[train]") {
  const test::SampledProblem sampled("relu", 4, 12, 16);
  const train::Problem problem = sampled.problem();
  for (const auto& [name, algorithm] : algorithms) {
    INFO(name);
    const Trained network = algorithm(problem, {.steps = 200, .seed = 3}, {});
    CHECK(same(network, algorithm(problem, {.steps = 200, .seed = 3}, {})));
    const bool other_seed_is_same = same(network, algorithm(problem, {.steps = 200, .seed = 4}, {}));
    CHECK(other_seed_is_same == (algorithm != train::label_noise));
  }
}

TEST_CASE("the scale of the labels scales the network", "[train]") {
  test::SampledProblem sampled("relu", 4, 12, 16);
  const Trained network = train::gradient_flow(sampled.problem(), {});
  sampled.labels *= 4.0;
  const Trained larger = train::gradient_flow(sampled.problem(), {});
  CHECK((larger.weights.inner - 2.0 * network.weights.inner).norm() <= 1e-8 * larger.weights.inner.norm());
  CHECK(larger.steps == network.steps);
}

TEST_CASE("labels that are all zero have the zero network", "[train]") {
  test::SampledProblem sampled("relu", 4, 12, 16);
  sampled.labels.setZero();
  for (const auto& [name, algorithm] : algorithms) {
    INFO(name);
    const Trained network = algorithm(sampled.problem(), {}, {});
    CHECK(network.status == Status::solved);
    CHECK(network.weights.outer.isZero(0.0));
    CHECK(network.residual == 0.0);
  }
}

TEST_CASE("a network with fewer weights than equations ends with the reason", "[train]") {
  test::SampledProblem sampled("relu", 3, 40, 5);
  sampled.labels = sample::sample_noise(1, 40);  // which no such network has
  for (const auto& [name, algorithm] : algorithms) {
    INFO(name);
    const Trained network = algorithm(sampled.problem(), {.steps = 100}, {});
    CHECK((network.status == Status::failed || network.status == Status::inaccurate));
    CHECK(network.message.find("fewer weights, m(d+1) = 20, than n = 40") != std::string::npos);
  }
}

TEST_CASE("a polynomial activation that cannot interpolate is named as the reason", "[train]") {
  for (const auto& [activation, span] : {std::pair("linear", "span 4 dim"), std::pair("quadratic", "span 10 dim")}) {
    test::SampledProblem sampled(activation, 4, 12, 16);
    sampled.labels = sample::sample_noise(1, 12);
    const Trained network = train::gradient_flow(sampled.problem(), {});
    CHECK(network.status == Status::failed);
    CHECK(network.message.find(span) != std::string::npos);
  }
}

TEST_CASE("a descent that diverges is a failure with its loss", "[train]") {
  const test::SampledProblem sampled("quadratic", 4, 12, 16);
  const Trained network = train::label_noise(sampled.problem(), {.level = 1e6, .steps = 1000}, {});
  CHECK(network.status == Status::failed);
  CHECK(network.message.find("loss") != std::string::npos);
}

TEST_CASE("linear networks with a fixed decay reach the optimum of |X v - y|^2/n + 2 nu |v|", "[train]") {
  test::SampledProblem sampled("linear", 4, 20, 12);
  sampled.labels += 0.5 * sample::sample_noise(1, 20);
  const train::Problem problem = sampled.problem();
  for (const double nu : {0.01, 0.1}) {
    const train::Settings settings{.steps = 20'000, .decay = nu};
    const Trained network = train::fixed_decay(problem, settings);
    CHECK(network.status == Status::solved);
    CHECK(network.steps == settings.steps);
    CHECK(network.finish_steps == 0);
    CHECK(network.residual > 0.1);
    CHECK(network.residual == network.residual_trained);
    CHECK(network.stationarity <= 1e-4);
    const Vector v = network.weights.inner.transpose() * network.weights.outer;
    const Vector gradient = 2.0 / 20.0 * sampled.features.transpose() * (sampled.features * v - sampled.labels);
    CHECK((gradient + 2.0 * nu * v.normalized()).norm() <= 1e-4 * 2.0 * nu);
    CHECK(network.weights.squared_norm() == Approx(2.0 * v.norm()).epsilon(1e-4));
  }
}

TEST_CASE("the stationarity is that of finite differences", "[train]") {
  const test::SampledProblem sampled("relu2", 3, 8, 4);
  const train::Problem problem = sampled.problem();
  const double nu = 0.02;
  const Trained network = train::fixed_decay(problem, {.steps = 20, .decay = nu});
  const auto loss = [&](const Weights& weights) { return test::loss(problem, weights) + nu * weights.squared_norm(); };
  double squared_gradient = 0.0;
  const auto add = [&](auto member, Index k) {
    constexpr double step = 1e-6;
    Weights more = network.weights, less = network.weights;
    (more.*member).data()[k] += step;
    (less.*member).data()[k] -= step;
    squared_gradient += std::pow((loss(more) - loss(less)) / (2.0 * step), 2);
  };
  for (Index k = 0; k < 12; ++k) add(&Weights::inner, k);
  for (Index k = 0; k < 4; ++k) add(&Weights::outer, k);
  const double expected = std::sqrt(squared_gradient / network.weights.squared_norm()) / (2.0 * nu);
  CHECK(network.stationarity == Approx(expected).epsilon(1e-6));
}

TEST_CASE("a decay so large that nothing stays gives the zero network", "[train]") {
  const test::SampledProblem sampled("relu", 4, 12, 16);
  const Trained network = train::fixed_decay(sampled.problem(), {.steps = 5000, .decay = 10.0});
  CHECK(network.status == Status::solved);
  CHECK(network.weights.squared_norm() <= 1e-20);
  CHECK(network.residual == Approx(1.0));
}

TEST_CASE("the finish leaves the kinks on which condensed neurons lie", "[train]") {
  for (const char* activation : {"relu", "leaky_relu:0.1"})
    for (const std::uint64_t seed : {0, 2, 3}) {  // of which four had residuals from 1e-9 to 5e-4 with all neurons free
      CAPTURE(activation, seed);
      const test::SampledProblem sampled(activation, 10, 60, 30, seed, 3);
      const Trained network = train::weight_decay(sampled.problem(), {.start_scale = 1.0, .steps = 3000}, {});
      CHECK(network.status == Status::solved);
    }
}

TEST_CASE("a stop request ends every algorithm within a second", "[train]") {
  const std::atomic<bool> requested = true;
  const test::SampledProblem sampled("relu", 30, 300, 600);
  const train::Problem problem = sampled.problem();
  for (const auto& [name, algorithm] : algorithms) {
    INFO(name);
    CHECK_THROWS_AS(algorithm(problem, {}, StopRequest(requested)), Stopped);
    const std::atomic<bool> unset = false;
    const double before = cpu_seconds();
    const StopRequest stop(unset, StopRequest::Clock::now() + std::chrono::milliseconds(50));
    CHECK_THROWS_AS(algorithm(problem, {.start_scale = 1.0, .steps = 1'000'000}, stop), Stopped);
    CHECK(cpu_seconds() - before < 1.05);
  }
}

TEST_CASE("folding keeps the network and gives unit rows", "[train]") {
  const test::SampledProblem sampled("relu2", 4, 12, 6);
  const train::Problem problem = sampled.problem();
  Weights weights{3.0 * sampled.directions, Vector::LinSpaced(6, -1.0, 2.0)};
  weights.inner.row(2).setZero();
  const Weights folded = train::fold(weights, problem.activation);
  CHECK((folded.inner.rowwise().norm().array() - 1.0).abs().maxCoeff() <= 1e-14);
  CHECK(folded.outer(2) == 0.0);
  CHECK(folded.outer(0) == Approx(-9.0));
  CHECK(test::loss(problem, folded) == Approx(test::loss(problem, weights)).epsilon(1e-12));
}

TEST_CASE("the alignment is 1 in the index subspace, 0 outside, and weighs neurons by their function", "[train]") {
  const model::PiecewisePower sigma = model::Activation::parse("quadratic").power();
  const Matrix index_directions = Matrix::Identity(1, 3);
  Weights weights{Matrix::Zero(2, 3), Vector::Ones(2)};
  weights.inner(0, 0) = 2.0;
  CHECK(train::alignment(weights, index_directions, sigma) == Approx(1.0));
  weights.inner(1, 1) = 1.0;
  CHECK(train::alignment(weights, index_directions, sigma) == Approx(0.8));  // |b| = 4 and 1
  weights.outer(0) = 0.0;
  CHECK(train::alignment(weights, index_directions, sigma) == 0.0);
}
