#include "flatsweep/experiment/run_experiment.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <string>

#include "flatsweep/sample/dataset.hpp"

using namespace flatsweep;
using experiment::Experiment;
using experiment::Measure;
using experiment::Outcome;
using job::Configuration;
using job::Settings;

namespace {

/// A small configuration: n = 4 d, m = 2 n, r = 2, no noise.
Configuration small(const std::string& activation, const std::string& link, double gamma, Index d = 8) {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse(link),
           .indices = 2,
           .sample_ratio = 4.0,
           .d = d,
           .seed = 3,
           .gamma = gamma},
          ConfigurationId{17},
          4 * d,
          8 * d};
}

std::vector<std::uint64_t> bits(const Outcome& outcome) {
  std::vector<std::uint64_t> all;
  for (const double value : outcome.measures.values()) all.push_back(std::bit_cast<std::uint64_t>(value));
  for (const double value : outcome.soft_rank) all.push_back(std::bit_cast<std::uint64_t>(value));
  for (const double value : outcome.outer_weights) all.push_back(std::bit_cast<std::uint64_t>(value));
  return all;
}

std::set<std::string_view> filled(const Outcome& outcome) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < experiment::measure_count; ++i)
    if (!std::isnan(outcome.measures.values()[i])) names.insert(experiment::measure_table[i].name);
  return names;
}

bool all_nan(const std::vector<double>& values) {
  return std::ranges::all_of(
      values, [](double value) { return std::isnan(value); });
}

}  // namespace

TEST_CASE("an experiment run twice has the same bits", "[experiment]") {
  Settings settings;
  settings.test_samples = 500;
  settings.best_loss = true;
  settings.outer_weights = true;
  settings.offset = {0.0, 1.0};
  for (const std::string activation : {"relu", "quadratic", "relu3"}) {
    CAPTURE(activation);
    const Configuration configuration = small(activation, "matched", 0.6);
    const Outcome first = experiment::run_experiment(configuration, settings);
    const Outcome second = experiment::run_experiment(configuration, settings);
    CHECK(first.status == Status::solved);
    CHECK(first.id == ConfigurationId{17});
    CHECK(first.outer_weights.size() == configuration.width);
    CHECK(first.soft_rank.size() == settings.ridge.size());
    CHECK(first.iterations == second.iterations);
    CHECK(bits(first) == bits(second));
    CHECK(first.message.empty());
  }
}

TEST_CASE("other seeds, gammas and activations give other bits", "[experiment]") {
  const Settings settings;
  const auto reference = bits(experiment::run_experiment(small("relu", "matched", 0.6), settings));
  Configuration other = small("relu", "matched", 0.6);
  other.seed = 4;
  CHECK(bits(experiment::run_experiment(other, settings)) != reference);
  CHECK(bits(experiment::run_experiment(small("relu", "matched", 0.61), settings)) != reference);
  CHECK(bits(experiment::run_experiment(small("abs", "matched", 0.6), settings)) != reference);
}

TEST_CASE("a stop request passes through, by its flag or its deadline", "[experiment]") {
  std::atomic<bool> flag = true;
  const Configuration configuration = small("relu", "matched", 0.6);
  CHECK_THROWS_AS(experiment::run_experiment(configuration, {}, StopRequest(flag)), Stopped);
  CHECK_THROWS_AS(experiment::perform_experiment(configuration, {}, StopRequest(flag)), Stopped);
  flag = false;
  CHECK_THROWS_AS(experiment::run_experiment(configuration, {}, StopRequest(flag, StopRequest::Clock::now())),
                  Stopped);
  CHECK(experiment::run_experiment(configuration, {}, StopRequest(flag)).status == Status::solved);
}

TEST_CASE("an exception becomes a failed row with its message", "[experiment]") {
  Configuration impossible = small("relu", "matched", 0.6);
  impossible.indices = impossible.d;  // breaks r < d
  const Outcome outcome = experiment::run_experiment(impossible, {});
  CHECK(outcome.status == Status::failed);
  CHECK(outcome.id == impossible.id);
  CHECK(outcome.message.find("precondition violated in") == 0);
  CHECK(filled(outcome).empty());
  CHECK(outcome.soft_rank.size() == Settings{}.ridge.size());
  CHECK(all_nan(outcome.soft_rank));
  CHECK_THROWS_AS(experiment::perform_experiment(impossible, {}), std::exception);
}

TEST_CASE("an infeasible configuration keeps what needs no interpolator, the rest is NaN", "[experiment]") {
  Configuration configuration = small("linear", "matched", 0.5);
  configuration.noise = 0.5;  // rank d < n
  Settings settings;
  settings.test_samples = 100;
  settings.best_loss = true;
  settings.outer_weights = true;
  for (const auto interpolator :
       {model::Interpolator::parse("flattest"), model::Interpolator::parse("minimum_l2"),
        model::Interpolator::parse("random")}) {
    configuration.interpolator = interpolator;
    const Experiment experiment = experiment::perform_experiment(configuration, settings);
    const Outcome& outcome = experiment.outcome;
    CHECK(outcome.status == Status::infeasible);
    CHECK(experiment.solution.rank == configuration.d);
    CHECK(filled(outcome) == std::set<std::string_view>{"residual", "overlap", "signal_power", "best_loss",
                                                        "activation_max", "activation_min"});
    CHECK(outcome.measures[Measure::residual] > 0.1);
    CHECK(outcome.measures[Measure::residual] < 1.0);
    CHECK(outcome.measures[Measure::signal_power] == Approx(1.0));
    CHECK(all_nan(outcome.soft_rank));
    CHECK(outcome.outer_weights.size() == configuration.width);
    CHECK(outcome.outer_weights.array().isNaN().all());
    const Vector eigenvalues = experiment::hessian_eigenvalues(experiment);
    CHECK(eigenvalues.size() == configuration.samples);
    CHECK(eigenvalues.array().isNaN().all());
  }
}

TEST_CASE("the population loss is the excess loss plus the noise variance", "[experiment]") {
  for (const std::string activation : {"relu", "quadratic", "leaky_relu:0.1"}) {
    Configuration configuration = small(activation, "tanh", 0.7);
    configuration.noise = 0.3;
    const auto measures = experiment::run_experiment(configuration, {}).measures;
    CAPTURE(activation);
    CHECK(measures[Measure::excess_loss] > 0.0);
    CHECK(measures[Measure::population_loss] ==
          Approx(measures[Measure::excess_loss] + 0.3 * 0.3).epsilon(1e-15));
    CHECK(measures[Measure::relative_loss] * measures[Measure::signal_power] ==
          Approx(measures[Measure::excess_loss]).epsilon(1e-14));
  }
}

TEST_CASE("Monte Carlo agrees with the exact loss, and is off unless asked for", "[experiment]") {
  Settings settings;
  settings.test_samples = 4000;
  Configuration configuration = small("relu", "matched", 0.7);
  configuration.noise = 0.3;
  const auto measures = experiment::run_experiment(configuration, settings).measures;
  CHECK(std::abs(measures[Measure::population_loss_mc] - measures[Measure::population_loss]) <=
        5.0 * measures[Measure::population_loss_mc_error]);
  CHECK(std::isnan(experiment::run_experiment(configuration, {}).measures[Measure::population_loss_mc]));
}

TEST_CASE("a linear student of one linear index has ||a||_1 = 1/gamma and learns it exactly",
          "[experiment]") {
  for (const double gamma : {0.05, 0.3, 0.9}) {
    for (const std::string link : {"matched", "linear"}) {
      Configuration configuration = small("linear", link, gamma);
      configuration.indices = 1;
      configuration.width = 25 * configuration.d;
      const Experiment experiment = experiment::perform_experiment(configuration, {});
      const auto& measures = experiment.outcome.measures;
      CAPTURE(gamma, link);
      REQUIRE(experiment.outcome.status == Status::solved);
      CHECK(measures[Measure::outer_l1] * gamma == Approx(1.0).epsilon(1e-9));
      CHECK(measures[Measure::outer_norm] == Approx(measures[Measure::outer_l1]).epsilon(1e-14));
      CHECK(measures[Measure::objective] == Approx(measures[Measure::outer_l1]).epsilon(1e-14));
      // E (h - f)^2 = ||W'a - u||^2
      const Vector error = experiment.inner_weights.transpose() * experiment.solution.outer_weights -
                           experiment.teacher.index_directions.row(0).transpose();
      CHECK(error.squaredNorm() <= 1e-18);
      CHECK(measures[Measure::excess_loss] <= measures[Measure::excess_loss_error]);
      CHECK(measures[Measure::excess_loss_error] <= 1e-12 / (gamma * gamma));
      CHECK(measures[Measure::support] <= static_cast<double>(configuration.d));
    }
  }
}

TEST_CASE("where the program minimises the trace, the objective is the flatness, above its bound",
          "[experiment]") {
  Settings settings;
  settings.objective = model::Objective::trace;
  for (const std::string activation : {"relu", "leaky_relu:0.1", "abs", "quadratic", "relu3", "quartic"}) {
    Configuration configuration = small(activation, "tanh", 0.6);
    const auto measures = experiment::run_experiment(configuration, settings).measures;
    CAPTURE(activation);
    CHECK(measures[Measure::objective] == Approx(measures[Measure::flatness]).epsilon(1e-12));
    CHECK(measures[Measure::objective] >= measures[Measure::objective_bound] * (1.0 - 1e-9));
    CHECK(measures[Measure::objective_bound] > 0.0);
    CHECK(measures[Measure::flatness_unit] >= measures[Measure::flatness] * (1.0 - 1e-12));

    const auto norm = experiment::run_experiment(configuration, {}).measures;
    CHECK(norm[Measure::flatness] >= measures[Measure::flatness] * (1.0 - 1e-8));
    CHECK(norm[Measure::outer_norm] <= measures[Measure::outer_norm] * (1.0 + 1e-8));
    CHECK(norm[Measure::objective] >= norm[Measure::objective_bound] * (1.0 - 1e-9));
  }
}

TEST_CASE("references interpolate, and are neither flatter nor of smaller norm than the optimum",
          "[experiment]") {
  Configuration configuration = small("relu", "matched", 0.6);
  const auto flattest = experiment::run_experiment(configuration, {}).measures;
  configuration.interpolator = model::Interpolator::parse("minimum_l2");
  const auto least = experiment::run_experiment(configuration, {}).measures;
  configuration.interpolator = model::Interpolator::parse("random");
  const auto random = experiment::run_experiment(configuration, {}).measures;
  for (const auto& reference : {least, random}) {
    CHECK(reference[Measure::residual] <= 1e-10);
    CHECK(std::isnan(reference[Measure::gap]));
    CHECK(reference[Measure::objective] > flattest[Measure::objective]);
  }
  CHECK(least[Measure::outer_l2] < flattest[Measure::outer_l2]);
  CHECK(random[Measure::outer_l2] == Approx(std::sqrt(2.0) * least[Measure::outer_l2]).epsilon(1e-9));
}

TEST_CASE("the eigenvalues of the Hessian sum to the flatness and end in the largest", "[experiment]") {
  for (const std::string activation : {"relu", "quadratic", "linear"}) {
    const Experiment experiment = experiment::perform_experiment(small(activation, "matched", 0.6), {});
    const Vector eigenvalues = experiment::hessian_eigenvalues(experiment);
    const auto& measures = experiment.outcome.measures;
    CAPTURE(activation);
    REQUIRE(eigenvalues.size() == experiment.labels.size());
    CHECK(eigenvalues.sum() == Approx(measures[Measure::flatness]).epsilon(1e-10));
    CHECK(eigenvalues(eigenvalues.size() - 1) == Approx(measures[Measure::hessian_max]).epsilon(1e-9));
  }
}

TEST_CASE("without the spectrum its measures are NaN and all others the same", "[experiment]") {
  Settings settings;
  settings.spectrum = false;
  const Configuration configuration = small("relu", "matched", 0.6);
  const Outcome with = experiment::run_experiment(configuration, {});
  const Outcome without = experiment::run_experiment(configuration, settings);
  auto names = filled(with);
  for (const std::string_view name : {"hessian_max", "activation_max", "activation_min"})
    CHECK(names.erase(name) == 1);
  CHECK(filled(without) == names);
  CHECK(all_nan(without.soft_rank));
  CHECK(without.soft_rank.size() == settings.ridge.size());
  CHECK(without.measures[Measure::flatness] == with.measures[Measure::flatness]);
}

TEST_CASE("the arrays of an experiment belong together", "[experiment]") {
  Configuration configuration = small("abs", "matched", 0.4);
  configuration.noise = 0.1;
  const Experiment experiment = experiment::perform_experiment(configuration, {});
  const Matrix& w = experiment.inner_weights;
  Matrix activations = experiment.features * w.transpose();
  activations = activations.cwiseAbs().eval();
  CHECK((experiment.activations - activations).norm() <= 1e-14 * activations.norm());
  CHECK((w.rowwise().norm().array() - 1.0).abs().maxCoeff() <= 1e-14);
  const Matrix projected = w * experiment.teacher.index_directions.transpose();
  CHECK((projected.rowwise().norm().array() - 0.4).abs().maxCoeff() <= 1e-14);
  CHECK((activations * experiment.solution.outer_weights - experiment.labels).norm() <=
        1e-10 * experiment.labels.norm());
  CHECK(experiment.kappa == Vector::Ones(configuration.width));
  CHECK(experiment.trace_weights.minCoeff() > 0.0);
}

TEST_CASE("the labels are those of the teacher, and noise of the deviation asked for", "[experiment]") {
  Configuration configuration = small("relu", "matched", 0.4);
  for (const double noise : {0.0, 0.1, 3.0}) {
    configuration.noise = noise;
    const Experiment experiment = experiment::perform_experiment(configuration, {});
    const Vector target = experiment.teacher.evaluate(experiment.features);
    const Vector standard = sample::sample_noise(configuration.seed, configuration.samples);
    CHECK((experiment.labels - target - noise * standard).norm() <= 1e-14 * experiment.labels.norm());
  }
}
