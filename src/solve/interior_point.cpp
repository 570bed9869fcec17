#include <algorithm>
#include <cmath>
#include <utility>

#include "solve/methods.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

using Array = Eigen::ArrayXd;

/// Return the longest step in [0, 1] that keeps value + step * direction >= 0.
template <typename Direction>
double longest_step(const Array& value, const Direction& direction) {
  double step = 1.0;
  for (Index j = 0; j < value.size(); ++j)
    if (direction(j) < 0.0) step = std::min(step, -value(j) / direction(j));
  return step;
}

/// In columns scaled to kappa = 1: a = positive - negative, t = S'nu, slacks upper = 1 - t and lower = 1 + t.
struct Iterate {
  Array positive, negative, upper, lower;  // m
  Vector dual;                             // n

  [[nodiscard]] double complementarity() const { return (positive * upper).sum() + (negative * lower).sum(); }
};

/// A Newton direction and the steps along it to the boundary.
struct Direction {
  Array positive, negative, t;  // m
  Vector dual;                  // n
  double primal_step = 0.0;
  double dual_step = 0.0;

  [[nodiscard]] double steps() const { return primal_step + dual_step; }
};

/// The iterate, a direction and what they are computed with; nothing is allocated after the first step.
class PredictorCorrector {
 public:
  PredictorCorrector(const VectorView& labels, NormalEquations& equations)
      : labels_(labels), equations_(equations), rhs_(labels.size()) {
    for (Direction* direction : {&direction_, &trial_}) {
      direction->t.resize(equations.width());
      direction->dual.resize(labels_.size());
    }
    point_.dual.resize(labels_.size());
  }

  /// Start from the least-norm interpolator, or the ridge regression, a = S'nu, with nu scaled well into the interior.
  void start() {
    equations_.solve(labels_, point_.dual, limits.start_tolerance, limits.max_solve_steps);
    equations_.multiply_transposed(point_.dual, direction_.t.matrix());
    const Array& a = direction_.t;
    const double magnitude = a.abs().mean();
    const double scale = limits.start_dual / a.abs().maxCoeff();
    point_.positive = a.max(0.0) + magnitude;
    point_.negative = (-a).max(0.0) + magnitude;
    point_.dual *= scale;
    point_.upper = 1.0 - scale * a;
    point_.lower = 1.0 + scale * a;
  }

  /// Make one iteration: predictor, corrector with the target mu (mu_after/mu)^3, centrality corrections.
  void step() {
    weight_ = (point_.positive / point_.upper + point_.negative / point_.lower).matrix();
    equations_.set_weights(weight_);
    equations_.factor();
    const double mu = point_.complementarity() / products();

    target_upper_.setZero(equations_.width());
    target_lower_.setZero(equations_.width());
    find_direction(direction_, limits.predictor_tolerance);
    if (equations_.has_ridge()) lost_slack_ = (direction_.t / point_.upper).max(-direction_.t / point_.lower);
    const double reduction = mu_after(direction_) / mu;
    const double target = mu * reduction * reduction * reduction;
    target_upper_ = target + direction_.positive * direction_.t;
    target_lower_ = target - direction_.negative * direction_.t;
    find_direction(direction_, limits.corrector_tolerance);
    correct_centrality(target);

    const double damping = std::max(limits.least_damping, 1.0 - limits.damping_slope * reduction);
    const double p = damping * direction_.primal_step;
    const double d = damping * direction_.dual_step;
    point_.positive += p * direction_.positive;
    point_.negative += p * direction_.negative;
    point_.dual += d * direction_.dual;
    point_.upper -= d * direction_.t;
    point_.lower += d * direction_.t;
  }

  /// Return the sum of the complementarity products over the dual value.
  [[nodiscard]] double gap() const {
    double dual_value = labels_.dot(point_.dual);
    if (equations_.has_ridge()) dual_value -= 0.5 * point_.dual.dot(equations_.ridge_times(point_.dual));
    return point_.complementarity() / std::abs(dual_value);
  }

  /// Return ||S a + N nu - y|| / ||y|| if the equations have a ridge, else 0: the direction then removes what is left.
  [[nodiscard]] double residual() {
    if (!equations_.has_ridge()) return 0.0;
    ratio_ = costs();
    equations_.multiply(ratio_, rhs_);
    rhs_ += equations_.ridge_times(point_.dual) - labels_;
    return rhs_.norm() / labels_.norm();
  }

  /// Return the share of its slack that t_j lost in the last predictor; m, with a ridge only.
  [[nodiscard]] Vector lost_slack() const { return lost_slack_.matrix(); }

  [[nodiscard]] Vector priority() const {
    return (point_.positive / point_.upper + point_.negative / point_.lower).matrix();
  }
  [[nodiscard]] Vector costs() const { return (point_.positive - point_.negative).matrix(); }
  [[nodiscard]] const Vector& dual() const { return point_.dual; }

 private:
  static constexpr const Tuning::InteriorPoint& limits = tuning.interior_point;

  /// Find the Newton direction towards positive * upper = target_upper_, negative * lower = target_lower_, S a + N nu =
  /// y: (S diag(positive/upper + negative/lower) S' + N) d_nu = y - N nu - S (target_upper_/upper -
  /// target_lower_/lower).
  void find_direction(Direction& direction, double tolerance) {
    const auto& [positive, negative, upper, lower, dual] = point_;
    ratio_ = (target_upper_ / upper - target_lower_ / lower).matrix();
    equations_.multiply(ratio_, rhs_);
    rhs_ = labels_ - rhs_;
    if (equations_.has_ridge()) rhs_ -= equations_.ridge_times(dual);
    equations_.solve(rhs_, direction.dual, tolerance, limits.max_solve_steps);
    equations_.multiply_transposed(direction.dual, direction.t.matrix());
    direction.positive = (target_upper_ + positive * direction.t) / upper - positive;
    direction.negative = (target_lower_ - negative * direction.t) / lower - negative;
    direction.primal_step =
        std::min(longest_step(positive, direction.positive), longest_step(negative, direction.negative));
    direction.dual_step = std::min(longest_step(upper, -direction.t), longest_step(lower, direction.t));
  }

  /// Move the targets so that the products at a longer step would stay within the band around `target`, while
  /// that lengthens the steps.
  void correct_centrality(double target) {
    const auto& [positive, negative, upper, lower, dual] = point_;
    const auto back_into_band = [&](double product) {
      return std::max(std::clamp(product, target / limits.centrality_band, target * limits.centrality_band) - product,
                      -limits.centrality_band * target);
    };
    for (int correction = 0; correction < limits.max_corrections; ++correction) {
      const double p = longer(direction_.primal_step);
      const double d = longer(direction_.dual_step);
      target_upper_ += ((positive + p * direction_.positive) * (upper - d * direction_.t)).unaryExpr(back_into_band);
      target_lower_ += ((negative + p * direction_.negative) * (lower + d * direction_.t)).unaryExpr(back_into_band);
      find_direction(trial_, limits.corrector_tolerance);
      if (trial_.steps() < direction_.steps() + limits.least_step_gain) return;
      std::swap(direction_, trial_);
    }
  }

  /// Return the step length that centrality corrections aim at.
  static double longer(double step) { return std::min(1.0, (1.0 + limits.step_growth) * step + limits.step_growth); }

  /// Return the mean complementarity product after the steps of `direction`.
  [[nodiscard]] double mu_after(const Direction& direction) const {
    const auto& [positive, negative, upper, lower, dual] = point_;
    const double p = direction.primal_step;
    const double d = direction.dual_step;
    return (((positive + p * direction.positive) * (upper - d * direction.t)).sum() +
            ((negative + p * direction.negative) * (lower + d * direction.t)).sum()) /
           products();
  }

  /// Return the number of complementarity products.
  [[nodiscard]] double products() const { return 2.0 * static_cast<double>(point_.upper.size()); }

  VectorView labels_;
  NormalEquations& equations_;
  Vector rhs_;
  Iterate point_;
  Direction direction_, trial_;
  Array target_upper_, target_lower_, lost_slack_;
  Vector weight_, ratio_;
};

}  // namespace

InteriorPoint approach_vertex(const VectorView& labels, NormalEquations equations, double gap_tolerance,
                              const StopRequest& stop) {
  if (equations.samples() == equations.width() && !equations.has_ridge())
    return {.priority = Vector::Ones(equations.width()), .costs = {}, .dual = {}, .gap = 0.0};
  PredictorCorrector method(labels, equations);
  method.start();
  InteriorPoint point;
  while (point.steps < tuning.interior_point.max_steps &&
         (method.gap() > gap_tolerance || method.residual() > gap_tolerance)) {
    stop.check();
    method.step();
    ++point.steps;
  }
  point.priority = method.priority();
  point.costs = method.costs();
  point.dual = method.dual();
  point.gap = method.gap();
  if (equations.has_ridge()) point.lost_slack = method.lost_slack();
  return point;
}

}  // namespace flatsweep::solve
