#include "solve/ladder.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "solve/basis.hpp"
#include "solve/methods.hpp"
#include "solve/normal_equations.hpp"
#include "solve/numerics.hpp"
#include "solve/reductions.hpp"
#include "solve/tuning.hpp"

namespace flatsweep::solve {
namespace {

/// The rungs of Tuning::Ladder::cuts.
constexpr std::array cut_rungs = {Rung::cut_at_1e_10, Rung::cut_at_1e_9, Rung::cut_at_1e_8};
static_assert(cut_rungs.size() == tuning.ladder.cuts.size());

/// Return the normal equations of a program.
NormalEquations normal_equations(const Program& program) {
  return {program.activations, program.kappa.array().pow(1.0 / program.q).matrix()};
}

/// climb_ladder(), with what its rungs share.
class Ladder {
 public:
  Ladder(Program program, Cuts cuts, const StopRequest& stop)
      : program_(std::move(program)), cuts_(cuts), stop_(stop) {}

  Solution solve() {
    Solution solution = zero_is_optimal() ? certified(zero(), 0) : climb();
    solution.path = path_;
    return solution;
  }

 private:
  /// Whether a = 0 and nu = y/mu are optimal: lambda is at least (2/n) max_j |S_j'y| / kappa_j.
  [[nodiscard]] bool zero_is_optimal() const {
    if (program_.penalty == 0.0) return false;
    if (program_.q > 1.0) return program_.kappa.size() == 0;
    const Vector reached = program_.activations.transpose() * program_.labels;
    return (reached.array().abs() <= program_.ridge() * program_.kappa.array()).all();
  }

  [[nodiscard]] Optimum zero() const {
    return {.outer_weights = Vector::Zero(program_.kappa.size()), .dual = program_.labels / program_.ridge()};
  }

  Solution climb() {
    std::optional<Solution> direct = solve_on_own_rows();
    if (direct && (direct->status == Status::solved || budget_is_spent_)) return *std::move(direct);
    if (program_.penalty > 0.0) return solve_in_range(std::move(direct));
    const Stopwatch stopwatch;
    path_.add(Rung::row_space);
    const RowSpaceProgram row_space(program_, stop_);
    if (!row_space.is_feasible()) return no_interpolator(program_, row_space.residual(), row_space.rank());
    Solution reduced = solve_in_row_space(row_space, stopwatch);
    if (reduced.status == Status::solved || budget_is_spent_ || cuts_ == Cuts::none) return reduced;
    return solve_without_weakest_directions(std::move(reduced));
  }

  /// Rungs `direct` and `whitened`; nothing if S is not regular enough for them.
  std::optional<Solution> solve_on_own_rows() {
    const Stopwatch stopwatch;
    if (program_.labels.size() > program_.kappa.size()) return std::nullopt;
    NormalEquations equations = normal_equations(program_);
    equations.factor();
    if (equations.rounding() <= tuning.ladder.safe_rounding) {
      path_.add(Rung::direct);
      if (program_.penalty > 0.0) equations.set_ridge(program_.ridge());
      return solve_full_rank(
          program_.labels, std::move(equations), [](const Vector& dual) { return dual; }, stopwatch);
    }
    if (program_.q > 1.0 || program_.penalty > 0.0) return std::nullopt;
    stop_.check();
    const std::optional<Matrix> lower = gram_cholesky(program_.activations);
    if (!lower) return std::nullopt;
    stop_.check();
    path_.add(Rung::whitened);
    equations.whiten(*lower);
    equations.assume_identity();
    const Vector labels = lower->triangularView<Eigen::Lower>().solve(program_.labels);
    const auto lift = [&](const Vector& dual) -> Vector {
      return lower->transpose().triangularView<Eigen::Upper>().solve(dual);
    };
    return solve_full_rank(labels, std::move(equations), lift, stopwatch);
  }

  /// @return nothing if no vertex is found
  template <typename Lift>
  std::optional<Solution> solve_full_rank(const VectorView& labels, NormalEquations equations, const Lift& lift,
                                          const Stopwatch& stopwatch) {
    Optimum optimum = optimise(program_, labels, std::move(equations), lift, stopwatch.seconds());
    if (!optimum.complete && optimum.basis.empty()) return std::nullopt;
    return certified(std::move(optimum), program_.labels.size());
  }

  /// The rung `row_space` of a program with a penalty.
  /// @param otherwise the solution without a proof, if none has one
  Solution solve_in_range(std::optional<Solution> otherwise) {
    const Stopwatch stopwatch;
    path_.add(Rung::row_space);
    const RangeProgram range(program_, stop_);
    const Program rotated = range.program();
    NormalEquations equations = normal_equations(rotated);
    equations.set_ridge(program_.ridge());
    equations.whiten(range.lower());
    equations.assume_identity();
    const auto lift = [](const Vector& dual) { return dual; };
    Optimum optimum = optimise(rotated, range.lower().triangularView<Eigen::Lower>().solve(rotated.labels),
                               std::move(equations), lift, stopwatch.seconds(), &range.lower());
    if (!optimum.complete && otherwise) return *std::move(otherwise);
    if (!optimum.complete) throw std::runtime_error("no optimal support was found");
    Optimum lifted = optimum;
    lifted.dual = range.lifted_dual(optimum.dual);
    Solution best = certified(lifted, range.rank());
    if (best.status != Status::solved && program_.q == 1.0) {
      path_.add(Rung::rounded_dual);
      lifted.dual = range.rounded_dual(optimum.dual, optimum.basis, optimum.signed_costs);
      best = certified(std::move(lifted), range.rank());
    }
    if (best.status == Status::solved) return best;
    if (otherwise && otherwise->status == Status::solved) return *std::move(otherwise);
    // The part of nu off the range may be too large for doubles to hold S'nu: then the proof is that in the range.
    const Certificate certificate = certify(rotated, best.outer_weights, optimum.dual);
    const double floor = residual_floor(program_, best.outer_weights);
    if (classify(certificate, floor) != Status::solved) return best;
    best.certificate.gap = certificate.gap;
    best.status = classify(best.certificate, floor);
    return best;
  }

  /// @param stopwatch started before `row_space` was computed
  Solution solve_in_row_space(const RowSpaceProgram& row_space, const Stopwatch& stopwatch) {
    const Program reduced = row_space.program();
    NormalEquations equations = normal_equations(reduced);
    equations.assume_identity();
    const auto lift = [&](const Vector& dual) { return row_space.lifted_dual(dual); };
    Optimum optimum = optimise(reduced, reduced.labels, std::move(equations), lift, stopwatch.seconds());
    if (program_.q > 1.0 || !optimum.complete)
      row_space.refine(optimum.outer_weights);
    else if (!optimum.basis.empty())
      row_space.refine(optimum.outer_weights, optimum.basis);
    if (program_.q > 1.0 || !optimum.basis.empty()) optimum.dual = lift(optimum.dual);
    return certified(std::move(optimum), row_space.rank());
  }

  /// Return the solution of the first cut at which residual and gap hold their bounds, `otherwise` if there is none.
  Solution solve_without_weakest_directions(Solution otherwise) {
    for (std::size_t k = 0; k < cut_rungs.size(); ++k) {
      const Stopwatch stopwatch;
      path_.add(cut_rungs[k]);
      Solution solution = solve_in_row_space(RowSpaceProgram(program_, stop_, tuning.ladder.cuts[k]), stopwatch);
      if (solution.status == Status::solved) {
        solution.rank = otherwise.rank;
        return solution;
      }
      if (budget_is_spent_) break;
    }
    return otherwise;
  }

  /// Return the optimum of a program whose S has full row rank, or what was reached, not complete. With q = 1 and no
  /// basis, its dual is one of the program of the ladder.
  /// @param labels y in the coordinates of `equations`, whose rows may be whitened; n
  /// @param equations normal_equations(program), with a factor
  /// @param lift function of a dual in these coordinates that gives the one of the program of the ladder
  /// @param range_seconds what it took to get here
  /// @param lower what the equations are whitened by, if program.labels are not in their coordinates
  template <typename Lift>
  Optimum optimise(const Program& program, const VectorView& labels, NormalEquations equations, const Lift& lift,
                   double range_seconds, const Matrix* lower = nullptr) {
    const Stopwatch approach;
    Optimum optimum;
    if (program.q > 1.0) {
      optimum = program.q < tuning.exponent_continuation.below && program.penalty == 0.0
                    ? optimum_near_one(program)
                    : maximise_dual(program, equations, stop_, lower);
      optimum.effort.approach_seconds = approach.seconds();
    } else {
      InteriorPoint start = approach_vertex(labels, std::move(equations), tuning.ladder.crossover_gap, stop_);
      if (start.dual.size() > 0) start.dual = lift(start.dual);
      const double approach_seconds = approach.seconds();
      const Stopwatch crossover;
      optimum = program.penalty > 0.0 ? near_vertex(program, start) : vertex(program, start);
      optimum.effort.steps = start.steps;
      optimum.effort.approach_seconds = approach_seconds;
      optimum.effort.crossover_seconds = crossover.seconds();
    }
    optimum.effort.range_seconds = range_seconds;
    return optimum;
  }

  /// Return the optimum of a program with q near 1, from the vertex that is the optimum for q = 1.
  [[nodiscard]] Optimum optimum_near_one(Program program) const {
    const double q = std::exchange(program.q, 1.0);
    Solution linear = Ladder(program, cuts_, stop_).solve();
    program.q = q;
    return continue_from_vertex(
        program, {.outer_weights = std::move(linear.outer_weights), .dual = std::move(linear.dual)}, stop_);
  }

  /// Return the optimum of a program with a penalty; the interior point, not complete, if there is no way to it.
  [[nodiscard]] Optimum near_vertex(const Program& program, const InteriorPoint& start) const {
    if (std::optional<Optimum> optimum = find_support(program, start, stop_)) return *std::move(optimum);
    return {.outer_weights = start.costs.cwiseQuotient(program.kappa), .dual = start.dual, .complete = false};
  }

  /// Return an optimum as a point that a sparse one may be near to, its dual the least one.
  [[nodiscard]] InteriorPoint around(const Optimum& optimum) const {
    const Vector costs = program_.kappa.cwiseProduct(optimum.outer_weights);
    return {.priority = costs.cwiseAbs(), .costs = costs, .dual = Vector::Zero(program_.labels.size())};
  }

  /// Return the optimum near an interior point, which is all that is returned if there is no regular basis.
  Optimum vertex(const Program& program, const InteriorPoint& start) {
    const bool own = cuts_ == Cuts::none;  // program of a user; that of features has a sparse optimum by chance only
    std::optional<Optimum> optimum = own ? prove_sparse_optimum(program_, start, Proof::exact) : std::nullopt;
    if (!optimum) optimum = cross_over(program, start.priority, stop_, AtStall::give_up);
    if (own && optimum && start.costs.size() == 0)  // of a square S, whose B is all of it, however ill-conditioned
      if (std::optional<Optimum> sparse = prove_sparse_optimum(program_, around(*optimum), Proof::exact))
        return *std::move(sparse);
    if (optimum && !optimum->complete) {
      const Proof proof = own ? Proof::within_gap : Proof::exact;
      if (std::optional<Optimum> sparse = prove_sparse_optimum(program_, start, proof)) return *std::move(sparse);
      optimum = cross_over(program, start.priority, stop_, AtStall::perturb);
    }
    if (!optimum || !optimum->complete) {
      path_.add(Rung::second_start);
      std::optional<Optimum> second = cross_over(program, independence(program.activations), stop_);
      if (second && (second->complete || !optimum)) optimum = std::move(second);
    }
    if (optimum) {
      budget_is_spent_ = !optimum->complete;
      return *std::move(optimum);
    }
    const bool inside = start.costs.size() > 0;
    return {.outer_weights = inside ? Vector(start.costs.cwiseQuotient(program.kappa)) : Vector(0.0 * program.kappa),
            .dual = inside ? start.dual : Vector(0.0 * program_.labels),
            .complete = false};
  }

  /// Attach the certificate, and the status that it earns, to an optimum.
  Solution certified(Optimum optimum, Index rank) {
    const Stopwatch stopwatch;
    Solution solution;
    const double floor = residual_floor(program_, optimum.outer_weights);
    const auto attach = [&](Vector dual) {
      // with a penalty that would move S a + mu nu: `certify` scales for the gap alone
      if (program_.q == 1.0 && program_.penalty == 0.0) scale_to_feasible(program_, dual);
      solution.certificate = certify(program_, optimum.outer_weights, dual);
      solution.status = classify(solution.certificate, floor);
      solution.dual = std::move(dual);
    };
    attach(optimum.dual);
    if (solution.status != Status::solved && program_.q > 1.0 && program_.q < tuning.exponent_continuation.below &&
        program_.penalty == 0.0) {
      scale_to_feasible(program_, optimum.dual);
      attach(optimum.dual);
    }
    if (solution.status != Status::solved && !optimum.basis.empty() && program_.penalty == 0.0) {
      path_.add(Rung::rounded_dual);
      round_dual(program_.activations, optimum.basis, optimum.signed_costs, optimum.dual);
      attach(optimum.dual);
      if (solution.status != Status::solved && cuts_ == Cuts::none) {
        const Solution rounded = solution;
        const Vector inward = inward_costs(program_.activations, optimum.basis, optimum.signed_costs, optimum.dual);
        round_dual(program_.activations, optimum.basis, inward, optimum.dual);
        attach(std::move(optimum.dual));
        if (rounded.certificate.gap < solution.certificate.gap) solution = rounded;
      }
    }
    solution.outer_weights = std::move(optimum.outer_weights);
    solution.rank = rank;
    solution.effort = optimum.effort;
    solution.effort.certificate_seconds = stopwatch.seconds();
    return solution;
  }

  Program program_;
  Cuts cuts_;
  const StopRequest& stop_;
  SolverPath path_;
  bool budget_is_spent_ = false;  // of the simplex
};

}  // namespace

Solution climb_ladder(const Program& program, Cuts cuts, const StopRequest& stop) {
  return Ladder(program, cuts, stop).solve();
}

}  // namespace flatsweep::solve
