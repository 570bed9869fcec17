#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "solve/basis.hpp"
#include "solve/methods.hpp"
#include "solve/numerics.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

double sign(double x) { return x < 0.0 ? -1.0 : 1.0; }

/// Basic weights, their signed costs s_i = sign(a_i) kappa_i and the columns that may enter, in the
/// coordinates of the basis. Nothing is allocated in a round.
class Simplex {
 public:
  Simplex(const Program& program, const StopRequest& stop) : program_(program), stop_(stop) {}

  std::optional<Optimum> run(const VectorView& priority, AtStall at_stall) {
    if (!begin(priority)) return std::nullopt;
    const Index most_updates = std::max(limits.fewest_updates, basis_.size() / limits.update_divisor);
    int count = limits.most_candidates;
    int all_pivots = 0;
    const Index rounds = limits.max_rounds + basis_.size();
    for (Index round = 0; round < rounds; ++round) {
      stop_.check();
      dual_ = signed_costs_;
      basis_.solve_transposed(dual_);
      reduced_.noalias() = program_.activations.transpose() * dual_;
      find_candidates(count);
      const int pivots = candidates_.empty() ? 0 : pivot_among_candidates();
      all_pivots += pivots;
      count = std::clamp(limits.candidates_per_pivot * pivots, limits.fewest_candidates, limits.most_candidates);
      if (basis_.updates() > most_updates && !basis_.refactor(program_.activations)) return std::nullopt;
      if (pivots > 0) {
        if (!makes_progress() && ++stalled_ > limits.patience) {
          if (at_stall == AtStall::give_up) break;
          perturb();
        }
      } else if (!correct_signs()) {
        if (factors_are_accurate()) return optimal_vertex(all_pivots);
        if (!basis_.refactor(program_.activations)) return std::nullopt;
      }
    }
    recompute_weights();
    Optimum reached = optimal_vertex(all_pivots);
    reached.complete = false;
    return reached;
  }

 private:
  static constexpr const Tuning::Simplex& limits = tuning.simplex;

  /// A column that enters: its position among the candidates, and s'B^-1 S_j.
  struct Entering {
    std::size_t candidate;
    double reduced_cost;
  };
  /// The step at which a basic weight reaches zero.
  struct Breakpoint {
    double step;
    Index row;
  };

  /// Choose the first basis.
  /// @return false if there is no regular one
  [[nodiscard]] bool begin(const VectorView& priority) {
    if (!basis_.choose(program_.activations, priority, stop_)) return false;
    const Index n = basis_.size();
    for (Vector* vector : {&basic_weights_, &signed_costs_, &dual_, &residual_, &carry_, &eta_, &direction_})
      vector->resize(n);
    for (Vector* vector : {&outer_weights_, &reduced_, &excess_}) vector->resize(program_.kappa.size());
    candidates_.reserve(static_cast<std::size_t>(program_.kappa.size()));
    breakpoints_.reserve(static_cast<std::size_t>(n));
    candidate_columns_.resize(n, limits.most_candidates);
    recompute_weights();
    for (Index i = 0; i < n; ++i) signed_costs_(i) = sign(basic_weights_(i)) * program_.kappa(column(i));
    return true;
  }

  /// Return the vertex; its dual, B'nu = s, is refined to the last bits with the residual in extended precision.
  [[nodiscard]] Optimum optimal_vertex(int pivots) {
    const Vector reached = extended_transposed_product(program_.activations, dual_);
    for (Index i = 0; i < basis_.size(); ++i) residual_(i) = signed_costs_(i) - reached(column(i));
    basis_.solve_transposed(residual_);
    dual_ += residual_;
    Optimum vertex{.outer_weights = Vector::Zero(program_.kappa.size()),
                   .dual = dual_,
                   .effort = {.pivots = pivots},
                   .basis = basis_.columns(),
                   .signed_costs = signed_costs_};
    for (Index i = 0; i < basis_.size(); ++i) vertex.outer_weights(column(i)) = basic_weights_(i);
    return vertex;
  }

  /// a_B = B^-1 y, refined once with its residual in extended precision.
  void recompute_weights() {
    residual_ = program_.labels;
    basis_.solve(residual_);
    basic_weights_ = residual_;
    outer_weights_.setZero();
    for (Index i = 0; i < basis_.size(); ++i) outer_weights_(column(i)) = basic_weights_(i);
    extended_residual(program_.activations, outer_weights_, program_.labels, residual_, carry_);
    weights_error_ = residual_.norm() / program_.labels.norm();
    basis_.solve(residual_);
    basic_weights_ += residual_;
  }

  /// Compute the exact weights of the basis, and correct the signs that rounding had wrong if together they
  /// matter to the gap: at a degenerate vertex the weights that should be zero have any sign.
  /// @return whether there were any
  bool correct_signs() {
    recompute_weights();
    const double tolerance = limits.negligible_gap * std::abs(signed_costs_.dot(basic_weights_));
    if (signed_costs_.cwiseProduct(basic_weights_).cwiseMin(0.0).sum() >= -tolerance) return false;
    const double least = tolerance / static_cast<double>(basis_.size());
    for (Index i = 0; i < basis_.size(); ++i)
      if (basic_weights_(i) * signed_costs_(i) < -least) signed_costs_(i) = -signed_costs_(i);
    return true;
  }

  /// Return whether the last pivots lowered the objective, or moved weights at all.
  [[nodiscard]] bool makes_progress() {
    const double before = std::exchange(objective_, signed_costs_.dot(basic_weights_));
    return objective_ <= (1.0 - limits.least_progress) * before;
  }

  /// Move the basic weights away from zero, each by another amount, so that the next pivots will lower the objective.
  void perturb() {
    smallest_pivot_ = limits.smallest_pivot_of_stall;
    const double unit = limits.perturbation * basic_weights_.cwiseAbs().maxCoeff();
    for (Index i = 0; i < basis_.size(); ++i) {
      const double share = static_cast<double>(random_()) / static_cast<double>(std::minstd_rand::max());
      basic_weights_(i) += sign(signed_costs_(i)) * unit * (0.5 + 0.5 * share);
    }
    objective_ = signed_costs_.dot(basic_weights_);
  }

  /// Whether the factors and their updates solve B a = y and B'nu = s. @pre nu and a are those of the basis
  [[nodiscard]] bool factors_are_accurate() const {
    if (basis_.updates() == 0) return true;
    double error = 0.0;
    for (Index i = 0; i < basis_.size(); ++i)
      error = std::max(error, std::abs(reduced_(column(i)) / signed_costs_(i) - 1.0));
    return error <= limits.accurate_factors && weights_error_ <= limits.accurate_factors;
  }

  [[nodiscard]] Index column(Index position) const { return basis_.columns()[static_cast<std::size_t>(position)]; }

  /// Take the `count` columns with the largest |S_j'nu| / kappa_j above 1 for candidates.
  void find_candidates(int count) {
    excess_ = reduced_.cwiseAbs().cwiseQuotient(program_.kappa);
    for (const Index j : basis_.columns()) excess_(j) = 0.0;
    candidates_.clear();
    for (Index j = 0; j < excess_.size(); ++j)
      if (excess_(j) > 1.0 + limits.violation_tolerance) candidates_.push_back(j);
    std::ranges::sort(candidates_,
                      [&](Index a, Index b) { return excess_(a) != excess_(b) ? excess_(a) > excess_(b) : a < b; });
    if (candidates_.size() > static_cast<std::size_t>(count)) candidates_.resize(static_cast<std::size_t>(count));
  }

  /// Pivot until no candidate improves.
  /// @return pivots made
  int pivot_among_candidates() {
    auto columns = candidate_columns_.leftCols(static_cast<Index>(candidates_.size()));
    for (std::size_t c = 0; c < candidates_.size(); ++c)
      columns.col(static_cast<Index>(c)) = program_.activations.col(candidates_[c]);
    basis_.solve(columns);
    int pivots = 0;
    while (const std::optional<Entering> best = best_candidate()) {
      const double direction_sign = sign(best->reduced_cost);
      const Index entering = candidates_[best->candidate];
      eta_ = candidate_columns_.col(static_cast<Index>(best->candidate));
      direction_ = direction_sign * eta_;
      remove_candidate(best->candidate);
      find_breakpoints();
      const std::size_t passed = ratio_test(program_.kappa(entering) - std::abs(best->reduced_cost));
      for (std::size_t k = 0; k < passed; ++k) {
        double& cost = signed_costs_(breakpoints_[k].row);
        cost = -cost;
      }
      if (passed == breakpoints_.size()) continue;  // no pivot is large enough
      update_basis(breakpoints_[passed].row, entering, breakpoints_[passed].step, direction_sign);
      ++pivots;
    }
    return pivots;
  }

  /// Return the candidate of the largest |s'B^-1 S_j| / kappa_j; none if no candidate improves.
  [[nodiscard]] std::optional<Entering> best_candidate() const {
    std::optional<Entering> best;
    double best_excess = 1.0 + limits.violation_tolerance;
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      const double reduced_cost = signed_costs_.dot(candidate_columns_.col(static_cast<Index>(c)));
      const double excess = std::abs(reduced_cost) / program_.kappa(candidates_[c]);
      if (excess <= best_excess) continue;
      best = {c, reduced_cost};
      best_excess = excess;
    }
    return best;
  }

  void remove_candidate(std::size_t candidate) {
    candidate_columns_.col(static_cast<Index>(candidate)) =
        candidate_columns_.col(static_cast<Index>(candidates_.size()) - 1);
    candidates_[candidate] = candidates_.back();
    candidates_.pop_back();
  }

  /// Find where basic weights reach zero as weight moves along the direction, nearest first.
  void find_breakpoints() {
    breakpoints_.clear();
    for (Index i = 0; i < direction_.size(); ++i)
      if (signed_costs_(i) * direction_(i) > 0.0 && std::abs(direction_(i)) > smallest_pivot_)
        breakpoints_.push_back({std::max(0.0, basic_weights_(i) / direction_(i)), i});
    std::ranges::sort(breakpoints_, {}, &Breakpoint::step);
  }

  /// Return the number of breakpoints that are passed, their weights changing sign, while the objective still
  /// falls: the next one is the weight that leaves, if there is one.
  /// @param slope of the objective along the direction, < 0
  [[nodiscard]] std::size_t ratio_test(double slope) const {
    std::size_t passed = 0;
    for (const Breakpoint& breakpoint : breakpoints_) {
      slope += 2.0 * std::abs(signed_costs_(breakpoint.row) * direction_(breakpoint.row));
      if (slope >= 0.0) break;
      ++passed;
    }
    return passed;
  }

  /// Let a column enter at `row`, where `eta_` is B^-1 times it.
  void update_basis(Index row, Index entering, double step, double direction_sign) {
    basic_weights_ -= step * direction_;
    basic_weights_(row) = direction_sign * step;
    signed_costs_(row) = direction_sign * program_.kappa(entering);
    for (std::size_t c = 0; c < candidates_.size(); ++c) {
      auto column = candidate_columns_.col(static_cast<Index>(c));
      const double entry = column(row) / eta_(row);
      column -= entry * eta_;
      column(row) = entry;
    }
    basis_.update(row, entering, eta_);
  }

  const Program& program_;
  const StopRequest& stop_;
  Basis basis_;
  Vector basic_weights_, signed_costs_, dual_;  // n
  Vector residual_, carry_, eta_, direction_;   // n
  Vector outer_weights_, reduced_, excess_;     // m
  std::vector<Index> candidates_;               // columns of S
  Matrix candidate_columns_;                    // B^-1 times these, n x most_candidates
  std::vector<Breakpoint> breakpoints_;
  double weights_error_ = 0.0;  // relative residual of B a = y before its refinement
  double objective_ = std::numeric_limits<double>::infinity();
  double smallest_pivot_ = limits.smallest_pivot;
  int stalled_ = 0;  // rounds of pivots that lowered nothing
  std::minstd_rand random_;
};

}  // namespace

std::optional<Optimum> cross_over(const Program& program, const VectorView& priority, const StopRequest& stop,
                                  AtStall at_stall) {
  return Simplex(program, stop).run(priority, at_stall);
}

}  // namespace flatsweep::solve
