#include "flatsweep/experiment/experiment.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "experiment/interpolators.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"

namespace flatsweep::experiment {
namespace {

using job::Configuration;
using job::Settings;

/// Fill what needs this, in the order of the table.
void fill(const State& state, Needs needs, Measures& measures) {
  for (std::size_t k = 0; k < measure_table().size(); ++k) {
    const Measure& row = measure_table()[k];
    const bool is_off = row.asked_for != nullptr && !(state.settings().*row.asked_for);
    if (row.needs != needs || is_off) continue;
    state.stop().check();
    if (const auto* single = std::get_if<0>(&row.at))
      measures.of(k).front() = (*single)(state);
    else
      std::ranges::copy(std::get<1>(row.at)(state), measures.of(k).begin());
  }
}

Experiment compute(const Configuration& configuration, const Settings& settings, const Problem* neighbour,
                   const StopRequest& stop) {
  const Stopwatch sampling;
  Experiment experiment{sample_problem(configuration, settings, neighbour), {}, {}};
  Outcome& outcome = experiment.outcome;
  outcome.id = configuration.id;
  outcome.measures = Measures(settings.ridge.size());
  outcome.sample_seconds = sampling.seconds();
  stop.check();

  const Stopwatch solving;
  experiment.network = interpolator_of(configuration).interpolate(experiment.problem, stop);
  outcome.solve_seconds = solving.seconds();
  outcome.status = experiment.network.solution.status;
  outcome.iterations = experiment.network.solution.iterations();
  outcome.solver_path = experiment.network.solution.path;
  if (experiment.network.training) outcome.message = experiment.network.training->message;
  stop.check();

  const Stopwatch measuring;
  const State state(experiment.problem, experiment.network, stop);
  if (experiment.network.training) fill(state, Needs::training, outcome.measures);
  if (outcome.status != Status::failed) fill(state, Needs::problem, outcome.measures);
  if (experiment.network.interpolates()) fill(state, Needs::interpolator, outcome.measures);
  if (settings.outer_weights) outcome.outer_weights = experiment.network.solution.outer_weights;
  outcome.measure_seconds = measuring.seconds();
  return experiment;
}

Experiment compute_beside(const Problem* neighbour, const Configuration& configuration, const Settings& settings,
                          const StopRequest& stop) {
  require_memory(configuration, settings);
  try {
    return compute(configuration, settings, neighbour, stop);
  } catch (const std::bad_alloc&) {
    throw Error("the memory is used up", "other ranks or programs, or a limit such as ulimit -v, leave too little",
                "Start fewer ranks on this node, or give them more memory.");
  }
}

/// Return the outcome that `compute` returns, or one that says why it failed.
template <typename Compute>
Outcome outcome_of(const Configuration& configuration, const Settings& settings, const Compute& compute) {
  try {
    return compute();
  } catch (const std::exception& exception) {
    Outcome outcome;
    outcome.id = configuration.id;
    outcome.status = Status::failed;
    outcome.measures = Measures(settings.ridge.size());
    outcome.message = exception.what();
    return outcome;
  }
}

}  // namespace

Experiment compute_experiment(const Configuration& configuration, const Settings& settings, const StopRequest& stop) {
  return compute_beside(nullptr, configuration, settings, stop);
}

Outcome compute_outcome(const Configuration& configuration, const Settings& settings, const StopRequest& stop) {
  return outcome_of(
      configuration, settings, [&] { return compute_experiment(configuration, settings, stop).outcome; });
}

Outcome Experimenter::compute_outcome(const Configuration& configuration, const StopRequest& stop) {
  return outcome_of(
      configuration, settings_,
      [&] {
        std::optional<Problem> neighbour = std::exchange(last_, std::nullopt);
        if (neighbour && !have_same_samples(configuration, neighbour->configuration)) neighbour.reset();
        Experiment experiment = compute_beside(neighbour ? &*neighbour : nullptr, configuration, settings_, stop);
        last_ = std::move(experiment.problem);
        return std::move(experiment.outcome);
      });
}

Vector hessian_eigenvalues(const Experiment& experiment, const StopRequest& stop) {
  if (!experiment.network.interpolates()) return Vector::Constant(experiment.problem.labels.size(), not_a_number);
  return measure::hessian_eigenvalues(State(experiment.problem, experiment.network, stop).hessian_gram());
}

}  // namespace flatsweep::experiment
