#include <algorithm>
#include <cmath>
#include <limits>

#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

using Array = Eigen::ArrayXd;

/// In columns scaled to kappa = 1 (S_j kappa_j^(-1/q)): a = sign(t) (|t|/q)^(1/(q-1)).
class Newton {
 public:
  Newton(const Program& program, NormalEquations& equations)
      : program_(program), scale_(program.kappa.array().pow(1.0 / program.q)), equations_(equations) {
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
      const bool stagnates = best < limits.stagnant_residual && stagnant > limits.stagnant_steps;
      if (residual <= limits.residual_goal || optimum.effort.steps == limits.max_steps || stagnates) break;
      find_direction(residual);
      find_t(direction_, d_t_);
      const double step = line_search();
      dual_ += step * direction_;
      find_t(dual_, t_);
      ++optimum.effort.steps;
    }
    return optimum;
  }

 private:
  static constexpr const Tuning::Newton& limits = tuning.newton;

  [[nodiscard]] double power() const { return 1.0 / (program_.q - 1.0); }

  /// Start from nu = t (S S')^-1 y with the t that maximises D along it.
  void start() {
    equations_.solve(program_.labels, dual_, limits.start_tolerance, limits.max_start_steps);
    find_t(dual_, t_);
    const double q = program_.q;
    const double conjugate = q / (q - 1.0);
    const double multiple =
        std::pow(program_.labels.dot(dual_) / (q * (t_.abs() / q).pow(conjugate).sum()), 1.0 / (conjugate - 1.0));
    dual_ *= multiple;
    t_ *= multiple;
  }

  /// Compute a, the gradient y - S a and the weights da/dt at t.
  void update_primal() {
    outer_ = (t_.abs() / program_.q).pow(power()) * t_.sign();
    weights_ = ((t_.abs() / program_.q).pow(power() - 1.0) * (power() / program_.q)).matrix();
    outer_weights_ = (outer_ / scale_).matrix();
    extended_residual(program_.activations, outer_weights_, program_.labels, gradient_, carry_);
  }

  /// Solve S diag(weights) S' direction = gradient.
  void find_direction(double relative_residual) {
    equations_.set_weights(weights_);
    if (factor_is_stale_) equations_.factor();
    const double tolerance =
        std::min(limits.loosest_solve, std::max(limits.tightest_solve, limits.solve_share * relative_residual));
    const int steps = equations_.solve(gradient_, direction_, tolerance, limits.max_solve_steps);
    factor_is_stale_ = steps > limits.fresh_factor_steps;
  }

  /// Return the maximiser of D along the direction, by a safeguarded scalar Newton method on its derivative.
  [[nodiscard]] double line_search() {
    const double slope = program_.labels.dot(direction_);
    const double q = program_.q;
    double low = 0.0;
    double high = std::numeric_limits<double>::infinity();
    double step = 1.0;
    for (int i = 0; i < limits.max_line_steps; ++i) {
      trial_t_ = t_ + step * d_t_;
      trial_outer_ = (trial_t_.abs() / q).pow(power()) * trial_t_.sign();
      const double derivative = slope - (trial_outer_ * d_t_).sum();
      const double curvature = ((trial_t_.abs() / q).pow(power() - 1.0) * d_t_.square()).sum() * (power() / q);
      (derivative > 0.0 ? low : high) = step;
      if (std::abs(derivative) <= limits.line_tolerance * std::abs(slope - (outer_ * d_t_).sum())) break;
      double next = step + derivative / curvature;
      if (!(next > low && next < high)) next = std::isinf(high) ? 2.0 * step : 0.5 * (low + high);
      step = next;
    }
    return step;
  }

  /// t := S'nu / scale.
  void find_t(const Vector& dual, Array& t) const {
    t.matrix().noalias() = program_.activations.transpose() * dual;
    t /= scale_;
  }

  const Program& program_;
  Array scale_;
  NormalEquations& equations_;
  Vector dual_, gradient_, carry_, direction_;
  Array t_, d_t_, outer_;
  Vector weights_;
  Array trial_t_, trial_outer_;
  Vector outer_weights_;  // outer_ in the columns of S
  bool factor_is_stale_ = true;
};

}  // namespace

Optimum maximise_dual(const Program& program, NormalEquations& equations, const StopRequest& stop) {
  return Newton(program, equations).run(stop);
}

}  // namespace flatsweep::solve
