#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "train/phases.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {
namespace {

/// Levenberg and Marquardt's method on all weights, of which the best are kept. A neuron that crosses kinks is held
/// back: the Jacobian changes there, so that free ones would cross and return at every step.
class LevenbergMarquardt {
 public:
  explicit LevenbergMarquardt(Run& run)
      : run_(run),
        best_(run.network.weights),
        trial_(best_),
        change_(best_),
        dual_(run.problem.labels.size()),
        ones_(Vector::Ones(best_.outer.size())),
        mobility_(ones_),
        inner_weights_(ones_),
        slope_sums_(ones_) {}

  /// Step from the run's weights until the residual vanishes; the run ends at the best weights.
  void iterate(double damping) {
    double best = run_.at.residual().norm();
    for (int k = 0; k < tuning.finish.max_steps && !done(); ++k) {
      const double before = run_.at.residual().norm();
      if (!step(damping)) break;
      ++run_.network.finish_steps;
      const double after = run_.at.residual().norm();
      if (after < best) {
        best = after;
        best_ = run_.network.weights;
      }
      damping = after < before ? std::max(damping / tuning.finish.fallen_shrinkage, tuning.finish.least_damping)
                               : damping * tuning.finish.risen_growth;
      if (run_.at.relative_residual() <= tuning.acceptance.solved && after > tuning.finish.stagnant_decrease * before)
        break;
    }
    run_.network.weights = best_;
    run_.at.evaluate(best_);
  }

 private:
  [[nodiscard]] bool done() const { return run_.at.relative_residual() <= tuning.finish.residual_goal; }

  /// theta -= M J' (J M J' + damping lambda I)^-1 r, where M has the mobilities of inner weights, with the first
  /// damping that does not raise the residual much.
  /// @return false if numbers overflow
  bool step(double& damping) {
    Linearisation& at = run_.at;
    Weights& weights = run_.network.weights;
    const double before = at.residual().norm();
    slope_sums_ = at.slope_sums();
    inner_weights_ = weights.outer.cwiseAbs2().cwiseProduct(mobility_);
    at.form_gram(ones_, inner_weights_);
    const double lambda = at.largest_eigenvalue();
    if (!std::isfinite(lambda) || lambda == 0.0) return false;
    for (int tries = 1;; ++tries) {
      while (!at.factor(1.0, damping * lambda)) damping *= tuning.finish.refused_growth;
      dual_ = at.residual();
      at.solve(dual_);
      at.apply_transposed(dual_, change_);
      change_.inner.array().colwise() *= mobility_.array();
      trial_.inner = weights.inner - change_.inner;
      trial_.outer = weights.outer - change_.outer;
      at.evaluate(trial_);
      if (at.residual().norm() < tuning.finish.most_rise * before || tries > tuning.finish.max_tries) break;
      damping *= tuning.finish.refused_growth;
      at.evaluate(weights);
    }
    std::swap(weights, trial_);
    if (run_.problem.activation.degree == 1) update_mobility();
    return at.residual().allFinite();
  }

  void update_mobility() {
    for (Index j = 0; j < mobility_.size(); ++j) {
      const bool crossed = run_.at.slope_sums()(j) != slope_sums_(j);
      mobility_(j) = crossed ? tuning.finish.crossing_shrinkage * mobility_(j)
                             : std::min(1.0, tuning.finish.mobility_growth * mobility_(j));
    }
  }

  Run& run_;
  Weights best_, trial_, change_;
  Vector dual_;                                          // n
  Vector ones_, mobility_, inner_weights_, slope_sums_;  // m
};

/// Return the dimension of the homogeneous polynomials of degree p in d variables, which are all that an activation
/// with sigma(-z) = (-1)^p sigma(z) can make; infinity for the others.
double span(const model::PiecewisePower& sigma, Index d) {
  const bool is_power = sigma.alpha_neg == (sigma.degree % 2 == 0 ? sigma.alpha_pos : -sigma.alpha_pos);
  double dimension = 1.0;
  for (int k = 0; k < sigma.degree; ++k) dimension *= static_cast<double>(d + k) / (k + 1);
  return is_power ? dimension : std::numeric_limits<double>::infinity();
}

/// Set the status by the residual, and say why a network is not solved.
void classify(Run& run) {
  Trained& network = run.network;
  const Index equations = run.problem.labels.size();
  const Index unknowns = network.weights.inner.size() + network.weights.outer.size();
  network.message.clear();
  network.status = Status::solved;
  if (network.residual <= tuning.acceptance.solved) return;
  network.status = network.residual <= tuning.acceptance.inaccurate ? Status::inaccurate : Status::failed;
  network.message = fmt::format(
      "training ended at a relative residual of {:.2g} after {} steps and {} of the finish (loss {:.3g}, "
      "lambda {:.3g})",
      network.residual, network.steps, network.finish_steps, run.at.loss(),
      2.0 / static_cast<double>(equations) * run.at.largest_eigenvalue());
  if (unknowns < equations)
    network.message +=
        fmt::format("; the network has fewer weights, m(d+1) = {}, than n = {} equations", unknowns, equations);
  const double dimension = span(run.problem.activation, run.problem.features.cols());
  if (dimension < static_cast<double>(equations))
    network.message +=
        fmt::format("; networks of this activation span {:.0f} dimensions, fewer than n = {}", dimension, equations);
}

}  // namespace

FlowStep::FlowStep(const Problem& problem)
    : predicted_(problem.labels.size()), change_{problem.inner_weights, Vector(problem.inner_weights.rows())} {}

void FlowStep::take(Linearisation& at, const Weights& weights, double h, Weights& trial) {
  const double scale = 2.0 * h / static_cast<double>(predicted_.size());
  norm_ = at.residual().norm();
  predicted_ = at.residual();
  if (at.factor(scale, 1.0))
    at.solve(predicted_);
  else
    predicted_.setConstant(not_a_number);
  at.apply_transposed(predicted_, change_);
  change_.inner *= -scale;
  change_.outer *= -scale;
  trial.inner = weights.inner + change_.inner;
  trial.outer = weights.outer + change_.outer;
}

double FlowStep::error(const Linearisation& at, const Weights& trial) const {
  const double theta = std::sqrt(trial.squared_norm());
  return std::max((at.residual() - predicted_).norm() / (tuning.flow.residual_error * norm_),
                  std::sqrt(change_.squared_norm()) / (tuning.flow.longest_move * theta));
}

void follow_flow(Run& run, double tolerance) {
  Linearisation& at = run.at;
  Weights& weights = run.network.weights;
  Weights trial = weights;
  FlowStep step(run.problem);
  at.form_gram();
  const auto n = static_cast<double>(run.problem.labels.size());
  double h = tuning.flow.first_step / (2.0 / n * at.largest_eigenvalue());
  const int max_tries = static_cast<int>(tuning.flow.max_tries / tolerance);
  for (int k = 0; k < max_tries && at.relative_residual() > tuning.flow.residual_goal; ++k) {
    ++run.network.steps;
    step.take(at, weights, h, trial);
    at.evaluate(trial);
    const double error = step.error(at, trial) / tolerance;
    if (error <= 1.0) {
      std::swap(weights, trial);
      at.form_gram();
      run.record();
      h *= std::min(tuning.flow.most_growth, tuning.flow.safety / error);
    } else {
      at.evaluate(weights);
      h *= error > 1.0 ? std::max(tuning.flow.least_shrinkage, tuning.flow.safety / error)
                       : tuning.flow.least_shrinkage;  // if it is not a number
    }
  }
}

void finish(Run& run) {
  Trained& network = run.network;
  network.finish_steps = 0;
  network.residual_trained = run.at.relative_residual();
  LevenbergMarquardt method(run);
  for (const double damping : tuning.finish.first_damping) {
    if (!run.at.residual().allFinite()) break;
    method.iterate(damping);
    if (run.at.relative_residual() <= tuning.finish.retry_residual) break;
  }
  network.residual = run.at.relative_residual();
  network.trace = run.at.trace();
  network.flatness = run.at.flatness();
  classify(run);
  run.record();
}

}  // namespace flatsweep::train
