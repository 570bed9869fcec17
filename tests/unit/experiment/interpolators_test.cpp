#include "experiment/interpolators.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>

#include "flatsweep/experiment/experiment.hpp"

using namespace flatsweep;

namespace {

job::Settings training_settings(Index steps, double level = 0.3) {
  job::Settings settings;
  settings.train_steps = steps;
  settings.train_level = level;
  return settings;
}

}  // namespace

TEST_CASE("every interpolator that a job may name has its row, at the same place", "[experiment]") {
  const auto kind_of = [](const std::string& name) { return name.substr(0, name.find(':')); };
  CHECK(std::ranges::equal(experiment::interpolator_table(), model::Interpolator::names(), {},
                           &experiment::InterpolatorRow::name, kind_of));
}

TEST_CASE("an interpolator interpolates, at a cost", "[experiment]") {
  for (const std::string& name : model::Interpolator::names()) {
    CAPTURE(name);
    const bool has_fixed_decay = name == "fixed_decay:1";  // the one that does not
    const job::Configuration configuration{{.activation = model::Activation::parse("relu"),
                                            .link = model::Link::parse("matched"),
                                            .interpolator = model::Interpolator::parse(name),
                                            .d = 8,
                                            .seed = 3,
                                            .gamma = 0.6,
                                            .penalty = has_fixed_decay ? 0.01 : 0.0},
                                           {},
                                           32,
                                           64};
    const experiment::InterpolatorRow& row = experiment::interpolator_of(configuration);
    CHECK(name.starts_with(row.name));
    const job::Settings settings = training_settings(500);
    CHECK(row.flops(configuration, settings) > 0.0);
    CHECK(row.numbers(configuration) > 0.0);
    const experiment::Experiment experiment = experiment::compute_experiment(configuration, settings);
    CHECK(experiment.outcome.status == Status::solved);
    CHECK(row.solves_equations == (experiment.network.hidden == experiment.problem.start));
    CHECK(row.solves_equations != configuration.interpolator.is_trained());
    const Vector residual =
        experiment.network.hidden->activations * experiment.network.solution.outer_weights - experiment.problem.labels;
    CHECK((residual.norm() <= 1e-10 * experiment.problem.labels.norm()) != has_fixed_decay);
    CHECK(std::isfinite(experiment.outcome.measures["stationarity"]) == has_fixed_decay);
  }
}

namespace {

job::Configuration trained(const char* activation, const char* interpolator) {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse("matched"),
           .interpolator = model::Interpolator::parse(interpolator),
           .d = 8,
           .seed = 3,
           .gamma = 0.3},
          {},
          32,
          48};
}

}  // namespace

TEST_CASE("a trained network is measured as the folded one, and knows its training", "[experiment]") {
  for (const char* activation : {"relu", "quadratic"}) {
    auto configuration = trained(activation, "gradient_flow:16");
    configuration.objective = model::Objective::trace;
    const experiment::Experiment result = experiment::compute_experiment(configuration, {});
    const auto& measures = result.outcome.measures;
    const train::Trained& training = *result.network.training;
    CHECK((result.network.hidden->inner_weights.rowwise().norm().array() - 1.0).abs().maxCoeff() <= 1e-14);
    CHECK(measures["flatness"] == Approx(training.flatness).epsilon(1e-12));
    CHECK(measures["objective"] == Approx(measures["flatness"]).epsilon(1e-12));  // kappa is that of the folded network
    CHECK(measures["flatness_trained"] == training.trace);
    CHECK(measures["flatness_trained"] >= measures["flatness"]);
    CHECK(measures["flatness_directions"] <= measures["flatness"] * (1.0 + 1e-6));
    CHECK(measures["objective_bound"] <= measures["flatness_directions"] * (1.0 + 1e-9));
    CHECK(measures["alignment"] == training.curve.back().alignment);
    CHECK(measures["train_steps"] == training.steps);
    CHECK(measures["finish_steps"] == training.finish_steps);
    CHECK(measures["residual_trained"] == training.residual_trained);
    CHECK(result.outcome.iterations == training.steps);
    CHECK(std::isnan(measures["gap"]));
    CHECK(result.network.solution.dual.array().isNaN().all());
  }
}

TEST_CASE("level and steps of a job reach the descent", "[experiment]") {
  const auto steps_of = [](const job::Settings& settings) {
    return experiment::compute_outcome(trained("relu", "label_noise:16"), settings).measures["train_steps"];
  };
  CHECK(steps_of(training_settings(800)) - steps_of(training_settings(400)) == Approx(400.0 + 100.0).margin(20.0));
  const auto flatness_at = [](double level) {
    return experiment::compute_outcome(trained("relu", "sam:16"), training_settings(1000, level)).measures["flatness"];
  };
  CHECK(flatness_at(0.3) < 0.9 * flatness_at(0.01));
}

TEST_CASE("training that finds no interpolator is a failure with its reason and its steps", "[experiment]") {
  auto configuration = trained("linear", "gradient_flow:1");
  configuration.noise = 1.0;
  const experiment::Outcome outcome = experiment::compute_outcome(configuration, {});
  CHECK(outcome.status == Status::failed);
  CHECK(outcome.message.find("relative residual") != std::string::npos);
  CHECK(outcome.message.find("span 8 dimensions") != std::string::npos);
  CHECK(outcome.measures["train_steps"] > 0.0);
  CHECK(outcome.measures["residual_trained"] > 0.01);
  for (const char* name : {"flatness", "residual", "alignment", "signal_power"})
    CHECK(std::isnan(outcome.measures[name]));
}

TEST_CASE("the flops of training know scale, steps and starts", "[experiment]") {
  const auto flops = [](const char* interpolator, Index steps = 20'000) {
    return experiment::counted_flops(trained("relu", interpolator), training_settings(steps));
  };
  CHECK(flops("gradient_flow:1") > flops("gradient_flow:16"));
  CHECK(flops("flattest_network:16") > flops("gradient_flow:16"));
  CHECK(flops("flattest_network:best") > flops("flattest_network:1") + flops("flattest_network:16"));
  CHECK(flops("sam", 20'000) > 5.0 * flops("sam", 1000));
  CHECK(flops("sam") > 2.0 * flops("weight_decay"));  // estimates of the curvature, and sigma twice a step
  CHECK(flops("label_noise") > 2.0 * flops("weight_decay"));
}
