#include "flatsweep/solve/simplex.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "flatsweep/solve/basis.hpp"
#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {

namespace {

/// Columns priced together: about twice as many as entered the basis the last time.
constexpr int fewest_candidates = 32;
constexpr int most_candidates = 64;
constexpr double violation_tolerance = 1e-11;
constexpr double smallest_pivot = 1e-9;
constexpr int max_rounds = 2000;
constexpr Index fewest_exchanges = 100;  // before the basis is factored anew

double sign(double x) { return x < 0.0 ? -1.0 : 1.0; }

/// Basic weights, their signed costs s_i = sign(a_i) kappa_i and the columns that may enter, in the
/// coordinates of the basis.
class Simplex {
 public:
  Simplex(const Program& program, const StopRequest& stop) : program_(program), stop_(stop) {}

  Vertex run(const Vector& importance);

 private:
  void recompute_weights();
  void recompute_dual();
  bool settle_signs();
  void refine_dual();
  [[nodiscard]] Index column(Index position) const {
    return basis_.columns()[static_cast<std::size_t>(position)];
  }
  std::vector<Index> most_violated(int count) const;
  int pivot_among(std::vector<Index> entering);

  struct Breakpoint {
    double step;
    Index row;
  };
  /// Row that leaves when weight moves along `direction` (n); -1 where no pivot is large enough.
  Index leaving_row(const Eigen::Ref<const Vector>& direction, double slope, double& step);

  const Program& program_;
  const StopRequest& stop_;
  Basis basis_;
  Vector basic_weights_, signed_costs_, dual_, reduced_;  // n, n, n, m
  Matrix images_;
  std::vector<Breakpoint> breakpoints_;
};

void Simplex::recompute_weights() {
  const Index n = basis_.size();
  Vector residual = program_.labels, carry(n), full = Vector::Zero(program_.kappa.size());
  basic_weights_.setZero(n);
  for (int refinement = 0; refinement < 2; ++refinement) {
    basis_.solve(residual);
    basic_weights_ += residual;
    if (refinement == 1) break;
    for (Index i = 0; i < n; ++i) full(column(i)) = basic_weights_(i);
    extended_residual(program_.activations, full, program_.labels, residual, carry);
  }
}

void Simplex::recompute_dual() {
  dual_ = signed_costs_;
  basis_.solve_transposed(dual_);
}

std::vector<Index> Simplex::most_violated(int count) const {
  Vector excess = reduced_.cwiseAbs().cwiseQuotient(program_.kappa);
  for (const Index j : basis_.columns()) excess(j) = 0.0;
  std::vector<Index> violated;
  for (Index j = 0; j < excess.size(); ++j)
    if (excess(j) > 1.0 + violation_tolerance) violated.push_back(j);
  std::ranges::sort(violated, [&](Index a, Index b) { return excess(a) > excess(b); });
  if (violated.size() > static_cast<std::size_t>(count)) violated.resize(static_cast<std::size_t>(count));
  return violated;
}

Index Simplex::leaving_row(const Eigen::Ref<const Vector>& direction, double slope, double& step) {
  breakpoints_.clear();
  for (Index i = 0; i < direction.size(); ++i)
    if (signed_costs_(i) * direction(i) > 0.0 && std::abs(direction(i)) > smallest_pivot)
      breakpoints_.push_back({std::max(0.0, basic_weights_(i) / direction(i)), i});
  std::ranges::sort(breakpoints_, {}, &Breakpoint::step);
  for (const Breakpoint& breakpoint : breakpoints_) {
    slope += 2.0 * std::abs(signed_costs_(breakpoint.row) * direction(breakpoint.row));
    if (slope >= 0.0) {
      step = breakpoint.step;
      return breakpoint.row;
    }
    signed_costs_(breakpoint.row) = -signed_costs_(breakpoint.row);
  }
  return -1;
}

int Simplex::pivot_among(std::vector<Index> entering) {
  images_.resize(basis_.size(), static_cast<Index>(entering.size()));
  for (std::size_t c = 0; c < entering.size(); ++c)
    images_.col(static_cast<Index>(c)) = program_.activations.col(entering[c]);
  basis_.solve(images_);
  int pivots = 0;
  while (!entering.empty()) {
    // Entering column: the largest reduced cost s'B^-1 S_j among the candidates.
    std::size_t best = entering.size();
    double best_excess = 1.0 + violation_tolerance;
    double best_reduced = 0.0;
    for (std::size_t c = 0; c < entering.size(); ++c) {
      const double reduced = signed_costs_.dot(images_.col(static_cast<Index>(c)));
      const double excess = std::abs(reduced) / program_.kappa(entering[c]);
      if (excess > best_excess) {
        best = c;
        best_excess = excess;
        best_reduced = reduced;
      }
    }
    if (best == entering.size()) break;
    const double direction_sign = sign(best_reduced);
    const double kappa = program_.kappa(entering[best]);
    const Vector image = images_.col(static_cast<Index>(best));
    const Vector direction = direction_sign * image;
    double step = 0.0;
    const Index row = leaving_row(direction, kappa - std::abs(best_reduced), step);
    // The candidate is done with, whether it entered or not.
    const auto last = static_cast<Index>(entering.size()) - 1;
    const Index entered = entering[best];
    images_.col(static_cast<Index>(best)) = images_.col(last);
    entering[best] = entering.back();
    entering.pop_back();
    if (row < 0) continue;
    basic_weights_ -= step * direction;
    basic_weights_(row) = direction_sign * step;
    signed_costs_(row) = direction_sign * kappa;
    for (std::size_t c = 0; c < entering.size(); ++c) {
      auto column = images_.col(static_cast<Index>(c));
      const double entry = column(row) / image(row);
      column -= entry * image;
      column(row) = entry;
    }
    basis_.exchange(row, entered, image);
    ++pivots;
  }
  return pivots;
}

/// Exact weights of the basis; signs that rounding had wrong are turned.
/// @return true where there were any
bool Simplex::settle_signs() {
  recompute_weights();
  const double noise = 1e-13 * basic_weights_.cwiseAbs().maxCoeff();
  bool turned = false;
  for (Index i = 0; i < basis_.size(); ++i) {
    if (basic_weights_(i) * sign(signed_costs_(i)) >= -noise) continue;
    signed_costs_(i) = -signed_costs_(i);
    turned = true;
  }
  return turned;
}

/// nu with B'nu = s to the last bits: refined with residuals in extended precision.
void Simplex::refine_dual() {
  Vector correction(basis_.size());
  extended_transposed_product(program_.activations, dual_, reduced_);
  for (Index i = 0; i < basis_.size(); ++i) correction(i) = signed_costs_(i) - reduced_(column(i));
  basis_.solve_transposed(correction);
  dual_ += correction;
}

Vertex Simplex::run(const Vector& importance) {
  Vertex vertex;
  if (!basis_.choose(program_.activations, importance)) return vertex;
  const Index n = basis_.size();
  reduced_.resize(program_.kappa.size());
  signed_costs_.resize(n);
  recompute_weights();
  for (Index i = 0; i < n; ++i) signed_costs_(i) = sign(basic_weights_(i)) * program_.kappa(column(i));
  const Index most_exchanges = std::max(fewest_exchanges, n / 10);
  int candidates = most_candidates;
  for (int round = 0; round < max_rounds; ++round) {
    stop_.check();
    recompute_dual();
    reduced_.noalias() = program_.activations.transpose() * dual_;
    const std::vector<Index> entering = most_violated(candidates);
    const int pivots = entering.empty() ? 0 : pivot_among(entering);
    vertex.pivots += pivots;
    candidates = std::clamp(2 * pivots, fewest_candidates, most_candidates);
    if (basis_.exchanges() > most_exchanges && !basis_.refactor(program_.activations)) return {};
    if (pivots == 0 && !settle_signs()) break;
  }
  settle_signs();
  refine_dual();
  vertex.regular = true;
  vertex.dual = dual_;
  vertex.outer_weights = Vector::Zero(program_.kappa.size());
  for (Index i = 0; i < n; ++i) vertex.outer_weights(column(i)) = basic_weights_(i);
  vertex.basis = basis_.columns();
  vertex.signed_costs = signed_costs_;
  return vertex;
}

}  // namespace

Vertex cross_over(const Program& program, const Vector& importance, const StopRequest& stop) {
  return Simplex(program, stop).run(importance);
}

}  // namespace flatsweep::solve
