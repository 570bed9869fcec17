#include "flatsweep/experiment/run_experiment.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/memory_model.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/measure/losses.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/measure/weights.hpp"
#include "flatsweep/sample/dataset.hpp"
#include "flatsweep/sample/weights.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "flatsweep/solve/reference_interpolators.hpp"

namespace flatsweep::experiment {
namespace {

using job::Configuration;
using job::Settings;

Experiment sample_problem(const Configuration& configuration, const Settings& settings) {
  const std::uint64_t seed = configuration.seed;
  Experiment experiment{sample::sample_teacher(seed, configuration.d, configuration.indices,
                                               configuration.link, configuration.activation,
                                               settings.coefficients, settings.offset)};
  experiment.features = sample::sample_features(seed, configuration.d, configuration.samples);
  experiment.labels = experiment.teacher.evaluate(experiment.features);
  if (configuration.noise > 0.0)
    experiment.labels += configuration.noise * sample::sample_noise(seed, configuration.samples);
  experiment.inner_weights = sample::sample_inner_weights(seed, experiment.teacher.index_directions,
                                                          configuration.width, configuration.gamma);
  experiment.activations.noalias() = experiment.features * experiment.inner_weights.transpose();
  configuration.activation.apply(experiment.activations);
  return experiment;
}

void solve_program(const Configuration& configuration, const Settings& settings, Experiment& experiment,
                   const StopRequest& stop) {
  experiment.curvature =
      measure::curvature(configuration.activation, experiment.activations, experiment.features);
  experiment.trace_weights = measure::trace_weights(configuration.activation, experiment.curvature);
  experiment.kappa = settings.objective == model::Objective::trace ? experiment.trace_weights
                                                                   : Vector::Ones(configuration.width);
  const Stopwatch stopwatch;
  const solve::Program program{experiment.activations, experiment.labels, experiment.kappa,
                               configuration.activation.exponent()};
  if (configuration.interpolator.name() == "flattest")
    experiment.solution = solve::flattest_interpolator(program, stop);
  else if (configuration.interpolator.name() == "minimum_l2")
    experiment.solution = solve::minimum_l2_interpolator(program, stop);
  else
    experiment.solution = solve::random_interpolator(
        program, sample::sample_null_space_draw(configuration.seed, configuration.width), stop);
  experiment.outcome.solve_seconds = stopwatch.seconds();
}

/// What needs no interpolator.
void measure_without_interpolator(const Settings& settings, Experiment& experiment, const StopRequest& stop) {
  Measures& measures = experiment.outcome.measures;
  measures[Measure::residual] = experiment.solution.certificate.residual;
  measures[Measure::overlap] = measure::overlap(experiment.inner_weights);
  measures[Measure::signal_power] = measure::target_moments(experiment.teacher).signal_power;
  if (settings.spectrum) {
    const auto range = measure::singular_range(experiment.activations, stop);
    measures[Measure::activation_max] = range.max;
    measures[Measure::activation_min] = range.min;
  }
  if (settings.best_loss)
    measures[Measure::best_loss] = measure::best_loss(experiment.teacher, experiment.inner_weights, stop);
}

void measure_interpolator(const Configuration& configuration, Experiment& experiment,
                          const StopRequest& stop) {
  Measures& measures = experiment.outcome.measures;
  const Vector& a = experiment.solution.outer_weights;
  const double q = configuration.activation.exponent();
  measures[Measure::objective] = experiment.solution.certificate.objective;
  measures[Measure::gap] = experiment.solution.certificate.gap;
  measures[Measure::outer_norm] =
      std::pow(measure::flatness(Vector::Ones(configuration.width), a, q), 1.0 / q);
  measures[Measure::objective_bound] =
      measure::objective_bound(experiment.activations, experiment.labels, experiment.kappa, q,
                               solve::least_norm_dual(experiment.activations, experiment.labels, stop));
  measures[Measure::flatness] = measure::flatness(experiment.trace_weights, a, q);
  measures[Measure::flatness_unit] = measure::flatness_unit(experiment.curvature, a);
  measures[Measure::flatness_teacher] = measure::flatness_teacher(experiment.teacher, experiment.features,
                                                                  configuration.width, configuration.noise);
  const auto summary = measure::summarise(a);
  measures[Measure::outer_l1] = summary.l1;
  measures[Measure::outer_l2] = summary.l2;
  measures[Measure::outer_max] = summary.max;
  measures[Measure::support] = summary.support;
}

void measure_losses(const Configuration& configuration, const Settings& settings, Experiment& experiment,
                    const StopRequest& stop) {
  Measures& measures = experiment.outcome.measures;
  const Vector& a = experiment.solution.outer_weights;
  const auto excess = measure::excess_loss(experiment.teacher, experiment.inner_weights, a);
  measures[Measure::excess_loss] = excess.value;
  measures[Measure::excess_loss_error] = excess.error;
  measures[Measure::population_loss] = excess.value + configuration.noise * configuration.noise;
  measures[Measure::relative_loss] = excess.value / measures[Measure::signal_power];
  stop.check();
  const Index points = settings.test_points(configuration.link);
  if (points == 0) return;
  const auto estimate = measure::monte_carlo_loss(experiment.teacher, experiment.inner_weights, a,
                                                  configuration.noise, configuration.seed, points, stop);
  measures[Measure::population_loss_mc] = estimate.mean;
  measures[Measure::population_loss_mc_error] = estimate.standard_error;
}

Matrix gram(const Experiment& experiment, const StopRequest& stop) {
  const model::Activation& activation = experiment.teacher.activation;
  const Vector& a = experiment.solution.outer_weights;
  return measure::hessian_gram(activation, experiment.activations, experiment.features,
                               experiment.inner_weights, a,
                               measure::flattest_rescaling(activation, experiment.curvature, a), stop);
}

void measure_spectrum(const Settings& settings, Experiment& experiment, const StopRequest& stop) {
  const Matrix hessian = gram(experiment, stop);
  experiment.outcome.measures[Measure::hessian_max] = measure::hessian_max(hessian, stop);
  experiment.outcome.soft_rank = measure::soft_ranks(hessian, settings.ridge, stop);
}

bool interpolates(const Experiment& experiment) {
  return experiment.solution.status == Status::solved || experiment.solution.status == Status::inaccurate;
}

Experiment perform(const Configuration& configuration, const Settings& settings, const StopRequest& stop) {
  const Stopwatch sampling;
  Experiment experiment = sample_problem(configuration, settings);
  Outcome& outcome = experiment.outcome;
  outcome.id = configuration.id;
  outcome.soft_rank.assign(settings.ridge.size(), not_a_number);
  outcome.sample_seconds = sampling.seconds();
  stop.check();

  solve_program(configuration, settings, experiment, stop);
  outcome.status = experiment.solution.status;
  outcome.iterations = experiment.solution.iterations();
  stop.check();

  const Stopwatch measuring;
  measure_without_interpolator(settings, experiment, stop);
  if (interpolates(experiment)) {
    measure_interpolator(configuration, experiment, stop);
    measure_losses(configuration, settings, experiment, stop);
    if (settings.spectrum) measure_spectrum(settings, experiment, stop);
  }
  if (settings.outer_weights) outcome.outer_weights = experiment.solution.outer_weights;
  outcome.measure_seconds = measuring.seconds();
  return experiment;
}

}  // namespace

Experiment perform_experiment(const Configuration& configuration, const Settings& settings,
                              const StopRequest& stop) {
  require_memory(configuration, settings);
  try {
    return perform(configuration, settings, stop);
  } catch (const std::bad_alloc&) {
    throw Error("the memory is used up",
                "other ranks or programs, or a limit such as ulimit -v, leave too little",
                "Start fewer ranks on this node, or give them more memory.");
  }
}

Outcome run_experiment(const Configuration& configuration, const Settings& settings,
                       const StopRequest& stop) {
  try {
    return perform_experiment(configuration, settings, stop).outcome;
  } catch (const std::exception& exception) {
    Outcome outcome;
    outcome.id = configuration.id;
    outcome.status = Status::failed;
    outcome.soft_rank.assign(settings.ridge.size(), not_a_number);
    outcome.message = exception.what();
    return outcome;
  }
}

Vector hessian_eigenvalues(const Experiment& experiment, const StopRequest& stop) {
  if (!interpolates(experiment)) return Vector::Constant(experiment.labels.size(), not_a_number);
  return measure::hessian_eigenvalues(gram(experiment, stop));
}

}  // namespace flatsweep::experiment
