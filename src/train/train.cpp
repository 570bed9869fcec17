#include "flatsweep/train/train.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "train/phases.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {
namespace {

/// Return the run at the interpolator where the gradient flow ends.
Run flow_to_interpolator(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  Run run(problem, settings, stop);
  if (run.problem.labels.isZero(0.0)) {  // W_0 = 0, a_0 = 0 interpolates
    run.network.status = Status::solved;
    return run;
  }
  follow_flow(run);
  finish(run);
  return run;
}

/// Return whether the run's network may be trained further.
bool goes_on(const Run& run) {
  return !run.problem.labels.isZero(0.0) && run.at.residual().allFinite() && run.at.trace() > 0.0;
}

/// Return whether a network is at least as near to an interpolator as another one, and no less flat if it is equally
/// near.
bool is_flatter(const Trained& network, const Trained& other) {
  return network.status < other.status || (network.status == other.status && network.flatness <= other.flatness);
}

Trained perturbed(const Problem& problem, const Settings& settings, const StopRequest& stop,
                  Perturbation perturbation) {
  expects(settings.level > 0.0 && settings.steps >= 0);
  Run run = flow_to_interpolator(problem, settings, stop);
  if (goes_on(run)) {
    run.at.rescale(run.network.weights);
    run.record();
    descend(run, perturbation);
    finish(run);
  }
  return std::move(run.network);
}

/// Return the norm of the gradient of L + nu |theta|^2 over that of its second part.
double stationarity(Run& run) {
  const Weights& weights = run.network.weights;
  Weights gradient = weights;
  run.at.apply_transposed(run.at.residual(), gradient);  // J'r
  const double scale = 2.0 / static_cast<double>(run.problem.labels.size());
  gradient.inner = scale * gradient.inner + 2.0 * run.settings.decay * weights.inner;
  gradient.outer = scale * gradient.outer + 2.0 * run.settings.decay * weights.outer;
  return std::sqrt(gradient.squared_norm() / weights.squared_norm()) / (2.0 * run.settings.decay);
}

}  // namespace

Weights start_weights(const Problem& problem, double start_scale) {
  const Index m = problem.inner_weights.rows();
  const double rms = std::sqrt(problem.labels.squaredNorm() / static_cast<double>(problem.labels.size()));
  const double norm = std::pow(rms / static_cast<double>(m), 1.0 / (problem.activation.degree + 1.0));
  return {start_scale * norm * problem.inner_weights, Vector::Zero(m)};
}

Run::Run(const Problem& given, const Settings& chosen, const StopRequest& request)
    : problem(given), settings(chosen), stop(request), at(given, request) {
  expects(settings.start_scale > 0.0);
  network.start = network.weights = start_weights(problem, settings.start_scale);
  at.evaluate(network.weights);
  record();
}

void Run::record() {
  network.curve.push_back(
      {network.steps, at.loss(), at.trace(), alignment(network.weights, problem.index_directions, problem.activation)});
}

Trained gradient_flow(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  return std::move(flow_to_interpolator(problem, settings, stop).network);
}

Trained flattest_network(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  Run run = flow_to_interpolator(problem, settings, stop);
  if (!goes_on(run)) return std::move(run.network);
  const Trained before = run.network;
  for (const double most_residual : tuning.flatten.most_residual) {
    flatten(run, most_residual);
    finish(run);
    if (is_flatter(run.network, before)) return std::move(run.network);
    run.network.weights = before.weights;
    run.at.evaluate(before.weights);
  }
  Trained kept = before;
  kept.steps = run.network.steps;
  return kept;
}

Trained best_flattest_network(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  Trained best;
  int steps = 0;
  for (const double scale : tuning.flatten.starts) {
    Settings chosen = settings;
    chosen.start_scale = scale;
    Trained network = flattest_network(problem, chosen, stop);
    steps += network.steps;
    if (best.weights.outer.size() == 0 || is_flatter(network, best)) best = std::move(network);
  }
  best.steps = steps;
  return best;
}

Trained label_noise(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  return perturbed(problem, settings, stop, Perturbation::label_noise);
}

Trained sam(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  return perturbed(problem, settings, stop, Perturbation::sharpness_aware);
}

Trained weight_decay(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  return perturbed(problem, settings, stop, Perturbation::weight_decay);
}

Trained fixed_decay(const Problem& problem, const Settings& settings, const StopRequest& stop) {
  expects(settings.decay > 0.0 && settings.steps >= 0);
  Run run(problem, settings, stop);
  Trained& network = run.network;
  network.status = Status::solved;
  if (problem.labels.isZero(0.0)) return std::move(network);
  descend(run, Perturbation::fixed_decay);
  network.residual_trained = network.residual = run.at.relative_residual();
  network.trace = run.at.trace();
  network.flatness = run.at.flatness();
  network.stationarity = stationarity(run);
  run.record();
  if (!std::isfinite(network.trace) || !std::isfinite(network.residual)) {
    network.status = Status::failed;
    network.message = fmt::format("training with weight decay diverged after {} steps", network.steps);
  }
  return std::move(network);
}

Weights fold(const Weights& weights, const model::PiecewisePower& activation) {
  Weights folded = weights;
  for (Index j = 0; j < weights.outer.size(); ++j) {
    const double norm = weights.inner.row(j).stableNorm();
    if (norm > 0.0)
      folded.inner.row(j) /= norm;
    else
      folded.inner.row(j) = Eigen::RowVectorXd::Unit(weights.inner.cols(), 0);
    folded.outer(j) *= std::pow(norm, activation.degree);
  }
  return folded;
}

double alignment(const Weights& weights, const MatrixView& index_directions, const model::PiecewisePower& activation) {
  const Vector aligned = (weights.inner * index_directions.transpose()).rowwise().squaredNorm();
  double total = 0.0, sum = 0.0;
  for (Index j = 0; j < weights.outer.size(); ++j) {
    const double squared_norm = weights.inner.row(j).squaredNorm();
    if (!(squared_norm > 0.0)) continue;
    const double b = std::abs(weights.outer(j)) * std::pow(squared_norm, activation.degree / 2.0);
    total += b;
    sum += b * aligned(j) / squared_norm;
  }
  return total > 0.0 ? sum / total : 0.0;
}

}  // namespace flatsweep::train
