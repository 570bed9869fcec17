#include <algorithm>
#include <cmath>
#include <cstdint>

#include "flatsweep/sample/stream.hpp"
#include "train/descent.hpp"
#include "train/flush_denormals.hpp"
#include "train/phases.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {
namespace {

/// How many steps of each kind follow each other.
struct Schedule {
  int full, annealed, plain;

  Schedule(int steps, Perturbation perturbation)
      : full(steps), annealed(steps / tuning.descent.annealed_divisor), plain(steps / tuning.descent.plain_divisor) {
    if (perturbation == Perturbation::fixed_decay) annealed = plain = 0;
  }

  [[nodiscard]] int steps() const { return full + annealed + plain; }
  /// Whether step k has no perturbation.
  [[nodiscard]] bool is_plain(int k) const { return k >= full + annealed; }
  /// Return the share of the annealing that is over at step k, in [0, 1].
  [[nodiscard]] double share(int k) const {
    return annealed == 0 ? 1.0 : std::clamp(static_cast<double>(k - full) / annealed, 0.0, 1.0);
  }
};

/// The steps of one perturbation: its strength such that the penalty at the first interpolator is f^2 mean y^2, so
/// mu tr H = f^2 mean y^2 if it penalises the trace.
class Perturbed {
 public:
  Perturbed(const Run& run, Perturbation perturbation, double lambda)
      : perturbation_(perturbation),
        stream_(run.settings.seed, sample::Purpose::label_noise),
        signs_(run.problem.labels.size()) {
    const auto n = static_cast<double>(run.problem.labels.size());
    const double penalty = run.settings.level * run.settings.level * run.problem.labels.squaredNorm() / n;
    const double mu = penalty / run.at.trace();
    delta_ = std::sqrt(mu * n * lambda / tuning.descent.step_fraction);
    rho_ = std::sqrt(2.0 * mu);
    nu_ = perturbation == Perturbation::fixed_decay ? run.settings.decay : penalty / run.network.weights.squared_norm();
  }

  /// Return step k with rate eta; `share` of the annealing is over.
  Descent<float>::Step step(int k, double rate, bool is_plain, double share) {
    Descent<float>::Step step{.rate = static_cast<float>(rate)};
    if (is_plain) return step;
    switch (perturbation_) {
      case Perturbation::label_noise:
        stream_.signs(static_cast<std::uint64_t>(k), signs_);
        signs_ *= delta_ * (1.0 - share);
        step.noise = &signs_;
        break;
      case Perturbation::sharpness_aware:
        step.radius = static_cast<float>(rho_ * (1.0 - share));
        break;
      case Perturbation::weight_decay:
        step.decay = static_cast<float>(nu_ * std::pow(tuning.descent.decay_end, share));
        break;
      case Perturbation::fixed_decay:
        step.decay = static_cast<float>(nu_);
        break;
    }
    return step;
  }

 private:
  Perturbation perturbation_;
  sample::Stream stream_;
  Vector signs_;  // delta xi, n
  double delta_, rho_, nu_;
};

/// The rate 2c/lambda, with lambda estimated anew now and then; a fixed decay adds its curvature.
class Rate {
 public:
  Rate(double lambda, double trace, double decay_curvature)
      : lambda_(lambda), trace_(trace), decay_curvature_(decay_curvature) {}

  [[nodiscard]] double value() const { return 2.0 * tuning.descent.step_fraction / (lambda_ + decay_curvature_); }

  /// Take notice of a step.
  void update(Descent<float>& descent) {
    const double moved = std::abs(descent.trace() - trace_);
    if (++age_ < tuning.descent.steps_of_estimate && moved <= tuning.descent.moved_trace * trace_) return;
    lambda_ = descent.curvature(tuning.descent.power_iterations);
    trace_ = descent.trace();
    age_ = 0;
  }

 private:
  double lambda_, trace_, decay_curvature_;
  int age_ = 0;
};

}  // namespace

void descend(Run& run, Perturbation perturbation) {
  Linearisation& at = run.at;
  Trained& network = run.network;
  at.form_gram();
  const double lambda = 2.0 / static_cast<double>(run.problem.labels.size()) * at.largest_eigenvalue();
  Weights leading = network.weights;
  at.apply_transposed(at.leading_eigenvector(), leading);

  const FlushDenormals flush;
  const Schedule schedule(run.settings.steps, perturbation);
  Perturbed perturbed(run, perturbation, lambda);
  const bool is_fixed = perturbation == Perturbation::fixed_decay;
  Rate rate(lambda, at.trace(), is_fixed ? 2.0 * run.settings.decay : 0.0);
  Descent<float> descent(run.problem, network.weights, run.stop);
  descent.set_leading(leading);
  const double goal = std::pow(tuning.descent.plain_residual, 2) * run.problem.labels.squaredNorm() /
                      static_cast<double>(run.problem.labels.size());
  const int interval = std::max(1, schedule.steps() / tuning.descent.curve_points);
  for (int k = 0; k < schedule.steps(); ++k) {
    descent.step(perturbed.step(k, rate.value(), schedule.is_plain(k), schedule.share(k)));
    ++network.steps;
    if (k % interval == 0) {
      network.weights = descent.weights();
      network.curve.push_back({network.steps, descent.loss(), descent.trace(),
                               alignment(network.weights, run.problem.index_directions, run.problem.activation)});
    }
    if (!std::isfinite(descent.loss()) || (schedule.is_plain(k) && descent.loss() <= goal)) break;
    rate.update(descent);
  }
  network.weights = descent.weights();
  at.evaluate(network.weights);
}

}  // namespace flatsweep::train
