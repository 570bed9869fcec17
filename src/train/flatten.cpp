#include <algorithm>
#include <utility>
#include <vector>

#include "train/phases.hpp"
#include "train/tuning.hpp"

namespace flatsweep::train {
namespace {

double inverse(double x) { return x > 0.0 ? 1.0 / x : 0.0; }

}  // namespace

FlattenStep::FlattenStep(const Problem& problem) : degree_(problem.activation.degree), image_(problem.labels.size()) {
  const Index m = problem.inner_weights.rows();
  for (Weights* weights : {&descent_, &restoration_, &range_}) *weights = {problem.inner_weights, Vector(m)};
  for (Vector* vector : {&outer_inverse_, &inner_inverse_, &inner_gram_}) vector->resize(m);
}

/// By homogeneity d tr/dw_j . w_j = 2 p A_j + 2 (p-1) a_j^2 B_j.
void FlattenStep::invert_metric(const Linearisation& at, const Weights& weights) {
  for (Index j = 0; j < outer_inverse_.size(); ++j) {
    const double a2 = weights.outer(j) * weights.outer(j);
    const double curvature =
        2.0 * degree_ * at.outer_curvature()(j) + 2.0 * (degree_ - 1) * a2 * at.inner_curvature()(j);
    outer_inverse_(j) = inverse(2.0 * at.inner_curvature()(j));
    inner_inverse_(j) = curvature > 0.0 ? weights.inner.row(j).squaredNorm() / curvature : 0.0;
    inner_gram_(j) = a2 * inner_inverse_(j);
  }
}

/// direction -= D^-1 J' K_D^-1 v.
void FlattenStep::subtract_range(Linearisation& at, Vector& v, Weights& direction) {
  at.solve_refined(v);
  at.apply_transposed(v, range_);
  direction.inner -= inner_inverse_.asDiagonal() * range_.inner;
  direction.outer -= outer_inverse_.cwiseProduct(range_.outer);
}

void FlattenStep::find(Linearisation& at, const Weights& weights) {
  invert_metric(at, weights);
  at.form_gram(outer_inverse_, inner_gram_);
  // Of eigenvalues below the cut, rounding makes some negative: the shift lets the factorisation succeed.
  for (double shift = tuning.flatten.cut * at.largest_eigenvalue(); !at.factor(1.0, shift) && shift > 0.0;)
    shift *= 10.0;

  at.trace_gradient(weights, descent_);
  descent_.inner = -(inner_inverse_.asDiagonal() * descent_.inner);
  descent_.outer = -outer_inverse_.cwiseProduct(descent_.outer);
  at.apply(descent_, image_);
  subtract_range(at, image_, descent_);

  restoration_.inner.setZero();
  restoration_.outer.setZero();
  image_ = at.residual();
  subtract_range(at, image_, restoration_);
}

void FlattenStep::take(const Weights& weights, double s, Weights& trial) const {
  trial.inner = weights.inner + s * descent_.inner + restoration_.inner;
  trial.outer = weights.outer + s * descent_.outer + restoration_.outer;
}

void flatten(Run& run, double most_residual) {
  Linearisation& at = run.at;
  Weights& weights = run.network.weights;
  at.rescale(weights);
  run.record();
  Weights trial = weights;
  FlattenStep step(run.problem);
  std::vector<double> traces = {at.trace()};
  double s = tuning.flatten.first_step;
  const auto stagnant = [&](int k) {
    return k >= tuning.flatten.first_check &&
           traces[static_cast<std::size_t>(k)] >
               (1.0 - tuning.flatten.least_gain) * traces[static_cast<std::size_t>(k - tuning.flatten.patience)];
  };
  for (int k = 0; k < tuning.flatten.max_steps && !stagnant(k); ++k) {
    step.find(at, weights);
    for (;; s /= 2.0) {
      if (s < tuning.flatten.shortest_step) return at.evaluate(weights);
      step.take(weights, s, trial);
      at.evaluate(trial);
      if (at.trace() < traces.back() && at.relative_residual() <= most_residual) break;
    }
    s = std::min(tuning.flatten.growth * s, tuning.flatten.longest_step);
    std::swap(weights, trial);
    traces.push_back(at.trace());
    ++run.network.steps;
    run.record();
  }
}

}  // namespace flatsweep::train
