#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "solve/methods.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

using Array = Eigen::ArrayXd;
constexpr const Tuning::ExponentContinuation& continuation = tuning.exponent_continuation;

/// a and nu of S a = y, (q-1) log |a_j| = log(|t_j| / (q kappa_j)), t = S'nu, as independent variables. Newton's method
/// converges fast in both where either fails: weights of the vertex are linear in a, those that vanish are powers of t.
class PrimalDualNewton {
 public:
  /// @param vertex the optimum for q = 1
  PrimalDualNewton(const Program& program, const Optimum& vertex, double excess)
      : program_(program), dual_(vertex.dual), log_kappa_(program.kappa.array().log()) {
    set_excess(excess);
    const double largest = vertex.outer_weights.cwiseAbs().maxCoeff();
    const Array t = transposed_product(vertex.dual);
    dual_ *= program_.q;
    // Columns of weight zero may touch their bound; they start as if a little below it.
    const double slack = std::min(continuation.most_slack, continuation.slack * excess_);
    const Array near = ((t.abs() * (1.0 - slack)).log() - log_kappa_) / excess_;
    a_ = vertex.outer_weights.array();
    for (Index j = 0; j < a_.size(); ++j)
      if (!(std::abs(a_(j)) > continuation.zero_weight * largest))
        a_(j) = std::copysign(std::exp(std::min(near(j), std::log(continuation.largest_start * largest))), t(j));
  }

  /// Go on to q = 1 + excess from the last iterate.
  void move_to(double excess) {
    dual_ *= (1.0 + excess) / program_.q;
    set_excess(excess);
  }

  /// Iterate until residual and gap are at rounding level, or not any more.
  /// @return the larger one of residual and gap of the best iterate, which is left in place
  double converge(const StopRequest& stop, int& steps) {
    std::pair<double, std::pair<Array, Vector>> best{std::numeric_limits<double>::infinity(), {a_, dual_}};
    for (int step = 0; step <= continuation.max_steps; ++step) {
      stop.check();
      t_ = transposed_product(dual_);
      gradient_ = program_.labels - program_.activations * a_.matrix();
      const double residual = gradient_.norm() / program_.labels.norm();
      // The nearer q is to 1, the more does rounding of t beyond its bound cost.
      const double ratio = std::exp(std::max(0.0, log_share(t_).maxCoeff()));
      const double scale = std::abs(gap(1.0 / ratio)) < std::abs(gap(1.0)) ? 1.0 / ratio : 1.0;
      const double error = std::max(residual, std::abs(gap(scale)));
      if (error < best.first) best = {error, {a_, scale * dual_}};
      if ((residual < continuation.residual_goal && error < continuation.gap_goal) || step == continuation.max_steps ||
          !move())
        break;
      ++steps;
    }
    std::tie(a_, dual_) = best.second;
    return best.first;
  }

  [[nodiscard]] Vector outer_weights() const { return a_.matrix(); }
  [[nodiscard]] const Vector& dual() const { return dual_; }

 private:
  void set_excess(double excess) {
    excess_ = excess;
    program_.q = 1.0 + excess;
  }

  [[nodiscard]] Array transposed_product(const Vector& dual) const { return program_.activations.transpose() * dual; }

  /// log(|t_j| / (q kappa_j)).
  [[nodiscard]] Array log_share(const Array& t) const {
    return t.abs().max(std::numeric_limits<double>::min()).log() - log_kappa_ - std::log(program_.q);
  }

  /// exp(x), as far as doubles reach.
  static Array bounded_exp(const Array& x) { return x.min(continuation.largest_exponent).exp(); }

  /// (P - D) / P of scale * nu.
  [[nodiscard]] double gap(double scale) const {
    const double primal = (program_.kappa.array() * bounded_exp(program_.q * a_.abs().log())).sum();
    const Array powers = bounded_exp((program_.q / excess_) * (log_share(t_) + std::log(scale)));
    const double dual = scale * program_.labels.dot(dual_) - excess_ * (program_.kappa.array() * powers).sum();
    return (primal - dual) / primal;
  }

  /// Make a step of Newton's method.
  /// @return false if its system is singular
  bool move() {
    const Array sizes = a_.abs();
    const Array missing = (a_ * t_ > 0.0).select(excess_ * sizes.log() - log_share(t_), 0.0);
    Array weights = sizes / (excess_ * t_.abs());
    weights = weights.isFinite().select(weights, 0.0);
    const Vector rhs = gradient_ + program_.activations * (weights * t_ * missing).matrix();
    Vector direction;
    if (!solve(weights, rhs, direction)) return false;
    const Array d_t = transposed_product(direction);
    const Array d_a = weights * (d_t - t_ * missing);
    const double largest = sizes.maxCoeff();
    const double growth = (sizes > continuation.significant_weight * largest).select((d_t / t_).abs(), 0.0).maxCoeff();
    const double step = growth > continuation.longest_step ? continuation.longest_step / growth : 1.0;
    if (!std::isfinite(step)) return false;
    dual_ += step * direction;
    update_weights(step * d_a, transposed_product(dual_), largest);
    return a_.isFinite().all();
  }

  /// Let a follow linearly where it stays alike, by its power of t where it is small, else by a factor.
  void update_weights(const Array& change, const Array& t, double largest) {
    const Array powers = bounded_exp(log_share(t) / excess_) * t.sign();
    const double small = continuation.small_weight * largest;
    for (Index j = 0; j < a_.size(); ++j) {
      const double linear = a_(j) + change(j);
      const bool vanishes = std::abs(powers(j)) < small;
      const bool alike = linear * a_(j) > 0.0 && std::abs(linear) > continuation.least_share * std::abs(a_(j));
      if (alike && !(vanishes && std::abs(linear) < small))
        a_(j) = linear;
      else if (vanishes)
        a_(j) = powers(j);
      else
        a_(j) *= std::exp(std::clamp(change(j) / a_(j), continuation.least_log_factor, continuation.most_log_factor));
    }
  }

  /// direction := (S diag(weights) S')^-1 rhs, refined once.
  [[nodiscard]] bool solve(const Array& weights, const Vector& rhs, Vector& direction) {
    const Index n = rhs.size();
    Matrix product = Matrix::Zero(n, n);
    Matrix panel(n, std::min(weights.size(), tuning.normal_equations.panel_columns));
    Index filled = 0;
    const double negligible = continuation.negligible_weight * weights.maxCoeff();
    const auto add_panel = [&] {
      if (filled > 0) dense::symmetric_product(1.0, panel.leftCols(filled), 1.0, product);
      filled = 0;
    };
    for (Index j = 0; j < weights.size(); ++j) {
      if (!(weights(j) > negligible)) continue;
      panel.col(filled++) = std::sqrt(weights(j)) * program_.activations.col(j);
      if (filled == panel.cols()) add_panel();
    }
    add_panel();
    product.diagonal().array() += continuation.ridge * product.trace();
    Matrix factors = product.selfadjointView<Eigen::Lower>();
    Eigen::VectorXi order(n);
    if (!product.allFinite() || !dense::factor_lu(factors, order)) return false;
    direction.setZero(n);
    for (int pass = 0; pass < 2; ++pass) {
      const Array t = transposed_product(direction);
      Vector correction = (rhs - program_.activations * (weights * t).matrix())(order);
      dense::solve_lu(factors, correction);
      direction += correction;
    }
    return direction.allFinite();
  }

  Program program_;
  double excess_ = 0.0;  // q - 1
  Vector dual_, gradient_;
  Array log_kappa_, a_, t_;
};

}  // namespace

Optimum continue_from_vertex(const Program& program, const Optimum& vertex, const StopRequest& stop) {
  const double excess = program.q - 1.0;
  Optimum optimum;
  double best = std::numeric_limits<double>::infinity();
  for (const double factor : continuation.factors) {
    double stage = std::isinf(factor) ? excess : excess / continuation.range;
    PrimalDualNewton method(program, vertex, stage);
    double error = method.converge(stop, optimum.effort.steps);
    while (stage < excess) {
      stage = std::min(excess, factor * stage);
      method.move_to(stage);
      error = method.converge(stop, optimum.effort.steps);
    }
    if (error < best) {
      best = error;
      optimum.outer_weights = method.outer_weights();
      optimum.dual = method.dual();
    }
    if (best <= continuation.good_enough) break;
  }
  return optimum;
}

}  // namespace flatsweep::solve
