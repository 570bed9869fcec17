#include "flatsweep/experiment/experiment.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>
#include <string>

#include "flatsweep/sample/sample.hpp"

using namespace flatsweep;
using experiment::Experiment;
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
  for (const double value : outcome.outer_weights) all.push_back(std::bit_cast<std::uint64_t>(value));
  return all;
}

std::set<std::string_view> filled(const Outcome& outcome) {
  std::set<std::string_view> names;
  for (const experiment::Measure& measure : experiment::measure_table()) {
    const auto numbers = outcome.measures.of(experiment::measure_index(measure.name));
    if (!std::ranges::all_of(numbers, [](double value) { return std::isnan(value); })) names.insert(measure.name);
  }
  return names;
}

std::span<const double> soft_rank(const Outcome& outcome) {
  return outcome.measures.of(experiment::measure_index("soft_rank"));
}

bool all_nan(std::span<const double> values) {
  return std::ranges::all_of(
      values, [](double value) { return std::isnan(value); });
}

}  // namespace

TEST_CASE("an experiment run twice has the same bits", "[experiment]") {
  Settings settings;
  settings.test_samples = 500;
  settings.best_loss = true;
  settings.outer_weights = true;
  for (const std::string activation : {"relu", "quadratic", "relu3"}) {
    CAPTURE(activation);
    Configuration configuration = small(activation, "matched", 0.6);
    configuration.offset = {0.0, 1.0};
    const Outcome first = experiment::compute_outcome(configuration, settings);
    const Outcome second = experiment::compute_outcome(configuration, settings);
    CHECK(first.status == Status::solved);
    CHECK(first.id == ConfigurationId{17});
    CHECK(first.outer_weights.size() == configuration.width);
    CHECK(soft_rank(first).size() == settings.ridge.size());
    CHECK(first.iterations == second.iterations);
    CHECK(bits(first) == bits(second));
    CHECK(first.message.empty());
  }
}

TEST_CASE("other seeds, gammas and activations give other bits", "[experiment]") {
  const Settings settings;
  const auto reference = bits(experiment::compute_outcome(small("relu", "matched", 0.6), settings));
  Configuration other = small("relu", "matched", 0.6);
  other.seed = 4;
  CHECK(bits(experiment::compute_outcome(other, settings)) != reference);
  CHECK(bits(experiment::compute_outcome(small("relu", "matched", 0.61), settings)) != reference);
  CHECK(bits(experiment::compute_outcome(small("abs", "matched", 0.6), settings)) != reference);
}

TEST_CASE("a stop request passes through, by its flag or its deadline", "[experiment]") {
  std::atomic<bool> flag = true;
  const Configuration configuration = small("relu", "matched", 0.6);
  CHECK_THROWS_AS(experiment::compute_outcome(configuration, {}, StopRequest(flag)), Stopped);
  CHECK_THROWS_AS(experiment::compute_experiment(configuration, {}, StopRequest(flag)), Stopped);
  flag = false;
  CHECK_THROWS_AS(experiment::compute_outcome(configuration, {}, StopRequest(flag, StopRequest::Clock::now())),
                  Stopped);
  CHECK(experiment::compute_outcome(configuration, {}, StopRequest(flag)).status == Status::solved);
}

TEST_CASE("an exception becomes a failed row with its message", "[experiment]") {
  Configuration impossible = small("relu", "matched", 0.6);
  impossible.indices = impossible.d;  // breaks r < d
  const Outcome outcome = experiment::compute_outcome(impossible, {});
  CHECK(outcome.status == Status::failed);
  CHECK(outcome.id == impossible.id);
  CHECK(outcome.message.find("precondition violated in") == 0);
  CHECK(filled(outcome).empty());
  CHECK(soft_rank(outcome).size() == Settings{}.ridge.size());
  CHECK(all_nan(soft_rank(outcome)));
  CHECK_THROWS_AS(experiment::compute_experiment(impossible, {}), std::exception);
}

TEST_CASE("an infeasible configuration keeps what needs no interpolator, the rest is NaN", "[experiment]") {
  Configuration configuration = small("linear", "matched", 0.5);
  configuration.noise = 0.5;  // rank d < n
  Settings settings;
  settings.test_samples = 100;
  settings.best_loss = true;
  settings.outer_weights = true;
  for (const char* interpolator : {"flattest", "minimum_l2", "random"}) {
    configuration.interpolator = model::Interpolator::parse(interpolator);
    const Experiment experiment = experiment::compute_experiment(configuration, settings);
    const Outcome& outcome = experiment.outcome;
    CHECK(outcome.status == Status::infeasible);
    CHECK(experiment.network.solution.rank == configuration.d);
    for (const std::string_view name : filled(outcome))
      CHECK(experiment::measure_table()[experiment::measure_index(name)].needs == experiment::Needs::problem);
    for (const char* name : {"residual", "overlap", "signal_power", "best_loss", "activation_max", "activation_min"})
      CHECK(filled(outcome).contains(name));
    CHECK(outcome.measures["residual"] > 0.1);
    CHECK(outcome.measures["residual"] < 1.0);
    CHECK(outcome.measures["signal_power"] == Approx(1.0));
    CHECK(all_nan(soft_rank(outcome)));
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
    const auto measures = experiment::compute_outcome(configuration, {}).measures;
    CAPTURE(activation);
    CHECK(measures["excess_loss"] > 0.0);
    CHECK(measures["population_loss"] == Approx(measures["excess_loss"] + 0.3 * 0.3).epsilon(1e-15));
    CHECK(measures["relative_loss"] * measures["signal_power"] == Approx(measures["excess_loss"]).epsilon(1e-14));
  }
}

TEST_CASE("Monte Carlo agrees with the exact loss, and is off unless asked for", "[experiment]") {
  Settings settings;
  settings.test_samples = 4000;
  Configuration configuration = small("relu", "matched", 0.7);
  configuration.noise = 0.3;
  const auto measures = experiment::compute_outcome(configuration, settings).measures;
  CHECK(std::abs(measures["population_loss_mc"] - measures["population_loss"]) <=
        5.0 * measures["population_loss_mc_error"]);
  CHECK(std::isnan(experiment::compute_outcome(configuration, {}).measures["population_loss_mc"]));
}

TEST_CASE("a linear student of one linear index has ||a||_1 = 1/gamma and learns it exactly", "[experiment]") {
  for (const double gamma : {0.05, 0.3, 0.9}) {
    for (const std::string link : {"matched", "linear"}) {
      Configuration configuration = small("linear", link, gamma);
      configuration.indices = 1;
      configuration.width = 25 * configuration.d;
      const Experiment experiment = experiment::compute_experiment(configuration, {});
      const auto& measures = experiment.outcome.measures;
      CAPTURE(gamma, link);
      REQUIRE(experiment.outcome.status == Status::solved);
      CHECK(measures["outer_l1"] * gamma == Approx(1.0).epsilon(1e-9));
      CHECK(measures["outer_norm"] == Approx(measures["outer_l1"]).epsilon(1e-14));
      CHECK(measures["objective"] == Approx(measures["outer_l1"]).epsilon(1e-14));
      // E (h - f)^2 = ||W'a - u||^2
      const Vector error =
          experiment.network.hidden->inner_weights.transpose() * experiment.network.solution.outer_weights -
          experiment.problem.teacher.index_directions.row(0).transpose();
      CHECK(error.squaredNorm() <= 1e-18);
      CHECK(measures["excess_loss"] <= measures["excess_loss_error"]);
      CHECK(measures["excess_loss_error"] <= 1e-12 / (gamma * gamma));
      CHECK(measures["support"] <= static_cast<double>(configuration.d));
    }
  }
}

TEST_CASE("where the program minimises the trace, the objective is the flatness, above its bound", "[experiment]") {
  for (const std::string activation : {"relu", "leaky_relu:0.1", "abs", "quadratic", "relu3", "quartic"}) {
    Configuration configuration = small(activation, "tanh", 0.6);
    configuration.objective = model::Objective::trace;
    const auto measures = experiment::compute_outcome(configuration, {}).measures;
    CAPTURE(activation);
    CHECK(measures["objective"] == Approx(measures["flatness"]).epsilon(1e-12));
    CHECK(measures["objective"] >= measures["objective_bound"] * (1.0 - 1e-9));
    CHECK(measures["objective_bound"] > 0.0);
    CHECK(measures["flatness_unit"] >= measures["flatness"] * (1.0 - 1e-12));

    const auto norm = experiment::compute_outcome(configuration, {}).measures;
    CHECK(norm["flatness"] >= measures["flatness"] * (1.0 - 1e-8));
    CHECK(norm["outer_norm"] <= measures["outer_norm"] * (1.0 + 1e-8));
    CHECK(norm["objective"] >= norm["objective_bound"] * (1.0 - 1e-9));
  }
}

TEST_CASE("references interpolate, and are neither flatter nor of smaller norm than the optimum", "[experiment]") {
  Configuration configuration = small("relu", "matched", 0.6);
  const auto flattest = experiment::compute_outcome(configuration, {}).measures;
  configuration.interpolator = model::Interpolator::parse("minimum_l2");
  const auto least = experiment::compute_outcome(configuration, {}).measures;
  configuration.interpolator = model::Interpolator::parse("random");
  const auto random = experiment::compute_outcome(configuration, {}).measures;
  for (const auto& reference : {least, random}) {
    CHECK(reference["residual"] <= 1e-10);
    CHECK(std::isnan(reference["gap"]));
    CHECK(reference["objective"] > flattest["objective"]);
  }
  CHECK(least["outer_l2"] < flattest["outer_l2"]);
  CHECK(random["outer_l2"] == Approx(std::sqrt(2.0) * least["outer_l2"]).epsilon(1e-9));
}

TEST_CASE("the eigenvalues of the Hessian sum to the flatness and end in the largest", "[experiment]") {
  for (const std::string activation : {"relu", "quadratic", "linear"}) {
    const Experiment experiment = experiment::compute_experiment(small(activation, "matched", 0.6), {});
    const Vector eigenvalues = experiment::hessian_eigenvalues(experiment);
    const auto& measures = experiment.outcome.measures;
    CAPTURE(activation);
    REQUIRE(eigenvalues.size() == experiment.problem.labels.size());
    CHECK(eigenvalues.sum() == Approx(measures["flatness"]).epsilon(1e-10));
    CHECK(eigenvalues(eigenvalues.size() - 1) == Approx(measures["hessian_max"]).epsilon(1e-9));
  }
}

TEST_CASE("without the spectrum its measures are NaN and all others the same", "[experiment]") {
  Settings settings;
  settings.spectrum = false;
  Configuration configuration = small("relu", "matched", 0.6);
  configuration.interpolator = model::Interpolator::parse("fixed_decay");  // which has all of them
  configuration.penalty = 1e-3;
  const Outcome with = experiment::compute_outcome(configuration, {});
  const Outcome without = experiment::compute_outcome(configuration, settings);
  auto names = filled(with);
  for (const experiment::Measure& measure : experiment::measure_table())
    if (measure.asked_for == &Settings::spectrum) CHECK(names.erase(measure.name) == 1);
  CHECK(filled(without) == names);
  CHECK(all_nan(soft_rank(without)));
  CHECK(soft_rank(without).size() == settings.ridge.size());
  CHECK(without.measures["flatness"] == with.measures["flatness"]);
}

TEST_CASE("the arrays of an experiment belong together", "[experiment]") {
  Configuration configuration = small("abs", "matched", 0.4);
  configuration.noise = 0.1;
  const Experiment experiment = experiment::compute_experiment(configuration, {});
  const Matrix& w = experiment.network.hidden->inner_weights;
  Matrix activations = experiment.problem.features * w.transpose();
  activations = activations.cwiseAbs().eval();
  CHECK((experiment.network.hidden->activations - activations).norm() <= 1e-14 * activations.norm());
  CHECK((w.rowwise().norm().array() - 1.0).abs().maxCoeff() <= 1e-14);
  const Matrix projected = w * experiment.problem.teacher.index_directions.transpose();
  CHECK((projected.rowwise().norm().array() - 0.4).abs().maxCoeff() <= 1e-14);
  CHECK((activations * experiment.network.solution.outer_weights - experiment.problem.labels).norm() <=
        1e-10 * experiment.problem.labels.norm());
  CHECK(experiment.problem.kappa == Vector::Ones(configuration.width));
  CHECK(experiment.network.hidden->trace_weights.minCoeff() > 0.0);
}

TEST_CASE("the labels are those of the teacher, and noise of the deviation asked for", "[experiment]") {
  Configuration configuration = small("relu", "matched", 0.4);
  for (const double noise : {0.0, 0.1, 3.0}) {
    configuration.noise = noise;
    const Experiment experiment = experiment::compute_experiment(configuration, {});
    const Vector target = experiment.problem.teacher.evaluate(experiment.problem.features);
    const Vector standard = sample::sample_noise(configuration.seed, configuration.samples);
    CHECK((experiment.problem.labels - target - noise * standard).norm() <= 1e-14 * experiment.problem.labels.norm());
  }
}
