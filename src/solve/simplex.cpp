#include "flatsweep/solve/simplex.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "flatsweep/solve/basis.hpp"
#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {
namespace {

/// Columns priced together: about twice as many as entered the basis the last time.
constexpr int fewest_candidates = 32;
constexpr int most_candidates = 64;
constexpr double violation_tolerance = 1e-11;
constexpr double negligible_gap = 1e-11;
constexpr double smallest_pivot = 1e-9;
constexpr int max_rounds = 1000;
constexpr Index fewest_exchanges = 100;  // before the basis is factored anew

double sign(double x) { return x < 0.0 ? -1.0 : 1.0; }

/// Basic weights, their signed costs s_i = sign(a_i) kappa_i and the columns that may enter, in the
/// coordinates of the basis.
class Simplex {
 public:
  Simplex(const Program& program, const StopRequest& stop) : program_(program), stop_(stop) {}

  std::optional<Vertex> run(const Vector& importance);

 private:
  /// Chooses the first basis. @return whether there is a regular one
  [[nodiscard]] bool begin(const Vector& importance);
  [[nodiscard]] Vertex optimal_vertex(int pivots);
  void recompute_weights();
  void recompute_dual();
  bool settle_signs();
  void refine_dual();
  [[nodiscard]] Index column(Index position) const {
    return basis_.columns()[static_cast<std::size_t>(position)];
  }
  void find_entering(int count);
  std::optional<std::size_t> best_entering(double& reduced_cost) const;
  int pivot_among_entering();

  struct Breakpoint {
    double step;
    Index row;
  };
  /// Row that leaves when weight moves along `direction` (n); -1 where no pivot is large enough.
  Index leaving_row(const Eigen::Ref<const Vector>& direction, double slope, double& step);

  const Program& program_;
  const StopRequest& stop_;
  Basis basis_;
  Vector basic_weights_, signed_costs_, dual_;   // n
  Vector residual_, carry_, image_, direction_;  // n
  Vector outer_weights_, reduced_, excess_;      // m
  std::vector<Index> entering_;
  Matrix images_;  // B^-1 times the entering columns, n x most_candidates
  std::vector<Breakpoint> breakpoints_;
};

void Simplex::recompute_weights() {
  residual_ = program_.labels;
  basis_.solve(residual_);
  basic_weights_ = residual_;
  outer_weights_.setZero();
  for (Index i = 0; i < basis_.size(); ++i) outer_weights_(column(i)) = basic_weights_(i);
  extended_residual(program_.activations, outer_weights_, program_.labels, residual_, carry_);
  basis_.solve(residual_);
  basic_weights_ += residual_;
}

void Simplex::recompute_dual() {
  dual_ = signed_costs_;
  basis_.solve_transposed(dual_);
}

/// The `count` columns with the largest |S_j'nu| / kappa_j above 1.
void Simplex::find_entering(int count) {
  excess_ = reduced_.cwiseAbs().cwiseQuotient(program_.kappa);
  for (const Index j : basis_.columns()) excess_(j) = 0.0;
  entering_.clear();
  for (Index j = 0; j < excess_.size(); ++j)
    if (excess_(j) > 1.0 + violation_tolerance) entering_.push_back(j);
  std::ranges::sort(entering_, [&](Index a, Index b) {
    return excess_(a) != excess_(b) ? excess_(a) > excess_(b) : a < b;
  });
  if (entering_.size() > static_cast<std::size_t>(count)) entering_.resize(static_cast<std::size_t>(count));
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

/// Position in `entering_` of the largest reduced cost s'B^-1 S_j; none where no candidate improves.
std::optional<std::size_t> Simplex::best_entering(double& reduced_cost) const {
  std::optional<std::size_t> best;
  double best_excess = 1.0 + violation_tolerance;
  for (std::size_t c = 0; c < entering_.size(); ++c) {
    const double reduced = signed_costs_.dot(images_.col(static_cast<Index>(c)));
    const double excess = std::abs(reduced) / program_.kappa(entering_[c]);
    if (excess <= best_excess) continue;
    best = c;
    best_excess = excess;
    reduced_cost = reduced;
  }
  return best;
}

int Simplex::pivot_among_entering() {
  auto images = images_.leftCols(static_cast<Index>(entering_.size()));
  for (std::size_t c = 0; c < entering_.size(); ++c)
    images.col(static_cast<Index>(c)) = program_.activations.col(entering_[c]);
  basis_.solve(images);
  int pivots = 0;
  double reduced_cost = 0.0;
  while (const std::optional<std::size_t> best = best_entering(reduced_cost)) {
    const double direction_sign = sign(reduced_cost);
    const Index entered = entering_[*best];
    const double kappa = program_.kappa(entered);
    image_ = images_.col(static_cast<Index>(*best));
    direction_ = direction_sign * image_;
    double step = 0.0;
    const Index row = leaving_row(direction_, kappa - std::abs(reduced_cost), step);
    // The candidate is done with, whether it entered or not.
    images_.col(static_cast<Index>(*best)) = images_.col(static_cast<Index>(entering_.size()) - 1);
    entering_[*best] = entering_.back();
    entering_.pop_back();
    if (row < 0) continue;
    basic_weights_ -= step * direction_;
    basic_weights_(row) = direction_sign * step;
    signed_costs_(row) = direction_sign * kappa;
    for (std::size_t c = 0; c < entering_.size(); ++c) {
      auto column = images_.col(static_cast<Index>(c));
      const double entry = column(row) / image_(row);
      column -= entry * image_;
      column(row) = entry;
    }
    basis_.exchange(row, entered, image_);
    ++pivots;
  }
  return pivots;
}

/// Exact weights of the basis; signs that rounding had wrong are turned, where together they matter to the
/// gap: at a degenerate vertex the weights that should be zero have any sign.
/// @return true where there were any
bool Simplex::settle_signs() {
  recompute_weights();
  const double tolerance = negligible_gap * std::abs(signed_costs_.dot(basic_weights_));
  if (signed_costs_.cwiseProduct(basic_weights_).cwiseMin(0.0).sum() >= -tolerance) return false;
  const double least = tolerance / static_cast<double>(basis_.size());
  for (Index i = 0; i < basis_.size(); ++i)
    if (basic_weights_(i) * signed_costs_(i) < -least) signed_costs_(i) = -signed_costs_(i);
  return true;
}

/// nu with B'nu = s to the last bits: refined with residuals in extended precision.
void Simplex::refine_dual() {
  extended_transposed_product(program_.activations, dual_, reduced_);
  for (Index i = 0; i < basis_.size(); ++i) residual_(i) = signed_costs_(i) - reduced_(column(i));
  basis_.solve_transposed(residual_);
  dual_ += residual_;
}

bool Simplex::begin(const Vector& importance) {
  if (!basis_.choose(program_.activations, importance, stop_)) return false;
  const Index n = basis_.size();
  for (Vector* vector : {&basic_weights_, &signed_costs_, &dual_, &residual_, &carry_, &image_, &direction_})
    vector->resize(n);
  for (Vector* vector : {&outer_weights_, &reduced_, &excess_}) vector->resize(program_.kappa.size());
  entering_.reserve(static_cast<std::size_t>(program_.kappa.size()));
  breakpoints_.reserve(static_cast<std::size_t>(n));
  images_.resize(n, most_candidates);
  recompute_weights();
  for (Index i = 0; i < n; ++i) signed_costs_(i) = sign(basic_weights_(i)) * program_.kappa(column(i));
  return true;
}

std::optional<Vertex> Simplex::run(const Vector& importance) {
  if (!begin(importance)) return std::nullopt;
  const Index most_exchanges = std::max(fewest_exchanges, basis_.size() / 10);
  int candidates = most_candidates;
  int all_pivots = 0;
  for (int round = 0; round < max_rounds; ++round) {
    stop_.check();
    recompute_dual();
    reduced_.noalias() = program_.activations.transpose() * dual_;
    find_entering(candidates);
    const int pivots = entering_.empty() ? 0 : pivot_among_entering();
    all_pivots += pivots;
    candidates = std::clamp(2 * pivots, fewest_candidates, most_candidates);
    if (basis_.exchanges() > most_exchanges && !basis_.refactor(program_.activations)) return std::nullopt;
    if (pivots == 0 && !settle_signs()) return optimal_vertex(all_pivots);
  }
  return std::nullopt;
}

Vertex Simplex::optimal_vertex(int pivots) {
  refine_dual();
  Vertex vertex;
  vertex.pivots = pivots;
  vertex.dual = dual_;
  vertex.outer_weights = Vector::Zero(program_.kappa.size());
  for (Index i = 0; i < basis_.size(); ++i) vertex.outer_weights(column(i)) = basic_weights_(i);
  vertex.basis = basis_.columns();
  vertex.signed_costs = signed_costs_;
  return vertex;
}

}  // namespace

std::optional<Vertex> cross_over(const Program& program, const Vector& importance, const StopRequest& stop) {
  return Simplex(program, stop).run(importance);
}

}  // namespace flatsweep::solve
