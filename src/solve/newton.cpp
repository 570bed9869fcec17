#include <algorithm>
#include <cmath>
#include <limits>

#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

using Array = Eigen::ArrayXd;

/// In columns scaled to kappa = 1 (S_j kappa_j^(-1/q)): a = sign(t) (|t|/q)^(1/(q-1)). With a penalty, mu = n penalty
/// / 2.
class Newton {
 public:
  Newton(const Program& program, NormalEquations& equations, const Matrix* lower)
      : program_(program),
        mu_(program.ridge()),
        scale_(program.kappa.array().pow(1.0 / program.q)),
        equations_(equations),
        lower_(lower) {
    const Index n = program.labels.size();
    const Index m = program.kappa.size();
    for (Vector* vector : {&dual_, &gradient_, &carry_, &direction_}) vector->resize(n);
    for (Array* array : {&t_, &d_t_, &outer_, &trial_t_, &trial_outer_}) array->resize(m);
  }

  Optimum run(const StopRequest& stop) {
    start();
    Optimum optimum;
    double best = std::numeric_limits<double>::infinity();
    int stagnant = 0;
    for (;;) {
      stop.check();
      update_primal();
      const double residual = gradient_.norm() / program_.labels.norm();
      stagnant = residual < limits.sufficient_decrease * best ? 0 : stagnant + 1;
      if (residual < best) {
        best = residual;
        optimum.outer_weights = outer_weights_;
        optimum.dual = dual_;
      }
      bool stagnates = best < limits.stagnant_residual && stagnant > limits.stagnant_steps;
      if (stagnates && mu_ > 0.0 && best > tuning.acceptance.residual && !in_doubles_) {
        in_doubles_ = true;
        stagnant = 0;
        stagnates = false;
      }
      if (residual <= limits.residual_goal || optimum.effort.steps == limits.max_steps || stagnates) break;
      if (!(in_doubles_ && find_direction_in_doubles())) find_direction(residual);
      find_t(direction_, d_t_);
      const double step = line_search();
      advance(step);
      ++optimum.effort.steps;
    }
    return optimum;
  }

 private:
  static constexpr const Tuning::Newton& limits = tuning.newton;

  [[nodiscard]] double power() const { return 1.0 / (program_.q - 1.0); }

  /// Start from nu = t (S S' + mu I)^-1 y with the t that maximises D along it.
  void start() {
    solve(program_.labels, dual_, limits.start_tolerance, limits.max_start_steps);
    find_t(dual_, t_);
    const double multiple = best_multiple();
    dual_ *= multiple;
    t_ *= multiple;
    rounding_ = Vector::Zero(dual_.size());
  }

  /// Return the c > 0 with y'nu = q c^(q*-1) sum_j (|t_j|/q)^q* + c mu |nu|^2. For mu > 0 from above, where Newton's
  /// method on this convex function falls.
  [[nodiscard]] double best_multiple() const {
    const double q = program_.q;
    const double conjugate = q / (q - 1.0);
    const double slope = program_.labels.dot(dual_);
    const double sum = q * (t_.abs() / q).pow(conjugate).sum();
    double multiple = std::pow(slope / sum, 1.0 / (conjugate - 1.0));
    if (mu_ == 0.0) return multiple;
    const double linear = mu_ * dual_.squaredNorm();
    multiple = std::min(multiple, slope / linear);
    for (int i = 0; i < limits.max_line_steps; ++i) {
      const double power = sum * std::pow(multiple, conjugate - 1.0);
      multiple -= (power + linear * multiple - slope) / ((conjugate - 1.0) * power / multiple + linear);
    }
    return multiple;
  }

  /// solution := M^-1 rhs in the coordinates of S.
  int solve(const VectorView& rhs, Vector& solution, double tolerance, int max_steps) {
    if (lower_ == nullptr) return equations_.solve(rhs, solution, tolerance, max_steps);
    whitened_ = lower_->triangularView<Eigen::Lower>().solve(rhs);
    const int steps = equations_.solve(whitened_, solution, tolerance, max_steps);
    lower_->transpose().triangularView<Eigen::Upper>().solveInPlace(solution);
    return steps;
  }

  /// Compute a, the gradient y - S a - mu nu and the weights da/dt at t.
  void update_primal() {
    outer_ = (t_.abs() / program_.q).pow(power()) * t_.sign();
    weights_ = ((t_.abs() / program_.q).pow(power() - 1.0) * (power() / program_.q)).matrix();
    outer_weights_ = (outer_ / scale_).matrix();
    extended_residual(program_.activations, outer_weights_, program_.labels, gradient_, carry_);
    if (mu_ > 0.0) gradient_ -= mu_ * dual_;
  }

  /// Solve (S diag(weights) S' + mu I) direction = gradient.
  void find_direction(double relative_residual) {
    equations_.set_weights(weights_);
    if (factor_is_stale_) equations_.factor();
    const double tolerance =
        std::min(limits.loosest_solve, std::max(limits.tightest_solve, limits.solve_share * relative_residual));
    const int steps = solve(gradient_, direction_, tolerance, limits.max_solve_steps);
    factor_is_stale_ = steps > limits.fresh_factor_steps;
  }

  /// The same in doubles. Where a tiny mu leaves weights that differ by many orders, floats lose the strongest
  /// directions among the weakest.
  /// @return false, and the direction is left as it was, if the matrix is not positive definite to rounding
  bool find_direction_in_doubles() {
    const Matrix weighted = program_.activations * (weights_.array().sqrt() / scale_).matrix().asDiagonal();
    Matrix factor = Matrix::Zero(dual_.size(), dual_.size());
    dense::symmetric_product(1.0, weighted, 0.0, factor);
    factor.diagonal().array() += mu_;
    if (!dense::cholesky(factor)) return false;
    direction_ = gradient_;
    factor.triangularView<Eigen::Lower>().solveInPlace(direction_);
    factor.transpose().triangularView<Eigen::Upper>().solveInPlace(direction_);
    return true;
  }

  /// Return the maximiser of D along the direction, by a safeguarded scalar Newton method on its derivative.
  [[nodiscard]] double line_search() {
    double slope = program_.labels.dot(direction_);
    double ridge_curvature = 0.0;
    if (mu_ > 0.0) {
      slope -= mu_ * dual_.dot(direction_);
      ridge_curvature = mu_ * direction_.squaredNorm();
    }
    const double q = program_.q;
    double low = 0.0;
    double high = std::numeric_limits<double>::infinity();
    double step = 1.0;
    for (int i = 0; i < limits.max_line_steps; ++i) {
      trial_t_ = t_ + step * d_t_;
      trial_outer_ = (trial_t_.abs() / q).pow(power()) * trial_t_.sign();
      double derivative = slope - (trial_outer_ * d_t_).sum();
      double curvature = ((trial_t_.abs() / q).pow(power() - 1.0) * d_t_.square()).sum() * (power() / q);
      if (mu_ > 0.0) {
        derivative -= step * ridge_curvature;
        curvature += ridge_curvature;
      }
      (derivative > 0.0 ? low : high) = step;
      if (std::abs(derivative) <= limits.line_tolerance * std::abs(slope - (outer_ * d_t_).sum())) break;
      double next = step + derivative / curvature;
      if (!(next > low && next < high)) next = std::isinf(high) ? 2.0 * step : 0.5 * (low + high);
      step = next;
    }
    return step;
  }

  /// nu += step * direction, and t with it. With a penalty, what rounding nu takes away is kept: S'nu may be much
  /// smaller than |S| |nu|, and the weights follow t.
  void advance(double step) {
    if (mu_ == 0.0) {
      dual_ += step * direction_;
      find_t(dual_, t_);
      return;
    }
    const Vector change = step * direction_ + rounding_;
    const Vector before = dual_;
    dual_ += change;
    rounding_ = change - (dual_ - before);
    t_ = extended_transposed_product(program_.activations, dual_).array() / scale_;
    find_t(rounding_, d_t_);
    t_ += d_t_;
  }

  /// t := S'nu / scale.
  void find_t(const Vector& dual, Array& t) const {
    t.matrix().noalias() = program_.activations.transpose() * dual;
    t /= scale_;
  }

  const Program& program_;
  double mu_;
  Array scale_;
  NormalEquations& equations_;
  const Matrix* lower_;  // of whitened equations, else null
  Vector whitened_;
  Vector dual_, gradient_, carry_, direction_;
  Vector rounding_;  // of dual_, n
  Array t_, d_t_, outer_;
  Vector weights_;
  Array trial_t_, trial_outer_;
  Vector outer_weights_;  // outer_ in the columns of S
  bool factor_is_stale_ = true;
  bool in_doubles_ = false;
};

}  // namespace

Optimum maximise_dual(const Program& program, NormalEquations& equations, const StopRequest& stop,
                      const Matrix* lower) {
  return Newton(program, equations, lower).run(stop);
}

}  // namespace flatsweep::solve
