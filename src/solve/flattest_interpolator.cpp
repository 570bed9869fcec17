#include "flatsweep/solve/flattest_interpolator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
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

/// Return priorities by which the n columns that pivoted QR takes first come first, whatever their weights.
Vector independence(const MatrixView& activations) {
  Matrix factors = activations;
  Vector scales(activations.rows());
  Eigen::VectorXi order(activations.cols());
  dense::factor_pivoted_qr(factors, scales, order);
  Vector priority = Vector::Zero(activations.cols());
  for (Index k = 0; k < activations.rows(); ++k) priority(order(k)) = static_cast<double>(activations.rows() - k);
  return priority;
}

/// Whether directions may be left out that cost the residual less than rounding does: S of random features has none
/// that the objective depends on; a program of somebody's own may.
enum class Cuts : std::uint8_t { none, weakest_directions };

/// The ways to an optimum, from the cheapest to those for an S so ill-conditioned that doubles hardly hold
/// its solution. A rung is left for the next one if it has no optimum that is `solved`.
///
/// | rung         | rows of the program             | taken if                                             |
/// |--------------|---------------------------------|------------------------------------------------------|
/// | direct       | S                               | n <= m; floats prove that S has full rank            |
/// | whitened     | S; L^-1 S in the interior point | q = 1, n <= m; they do not; condition(S S') <= 1e11  |
/// | row_space    | Q', where S = Z L Q'            | neither solved it; decides rank and feasibility      |
/// | cut_at_1e_10 | Q' of the directions of S above | row_space did not solve it: a dual that tells the    |
/// | cut_at_1e_9  | that share of its largest       | weakest directions apart may be too large for its    |
/// | cut_at_1e_8  | singular value                  | gap in doubles; without them a fits y nearly as well |
///
/// On each rung, with q = 1: `second_start` if the crossover finds no vertex from the columns of the interior
/// point, and `rounded_dual` if the dual as it was computed misses the bound of the gap.
class Ladder {
 public:
  Ladder(Program program, Cuts cuts, const StopRequest& stop)
      : program_(std::move(program)), cuts_(cuts), stop_(stop) {}

  /// @pre no zero columns, labels are not all zero
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

  /// The rung `row_space` of a program with a penalty: Z'S a + mu nu' = Z'y, where Z spans the range of S. The loss is
  /// not invariant to the whitening of RowSpaceProgram; only directions are found in coordinates in which S S' + mu I
  /// is the identity.
  /// @param otherwise the solution without a proof, if none has one
  Solution solve_in_range(std::optional<Solution> otherwise) {
    const Stopwatch stopwatch;
    path_.add(Rung::row_space);
    const OrthogonalDecomposition decomposition(program_.activations, stop_);
    const double mu = program_.ridge();
    const Matrix activations = decomposition.rotated_activations();
    const Vector labels = decomposition.rotated(program_.labels);
    const Program rotated{activations, labels, program_.kappa, program_.q,
                          2.0 * mu / static_cast<double>(labels.size())};
    const Matrix lower = regular_cholesky(activations, mu);
    NormalEquations equations = normal_equations(rotated);
    equations.set_ridge(mu);
    equations.whiten(lower);
    equations.assume_identity();
    const auto lift = [&](const Vector& dual) { return dual; };
    Optimum optimum = optimise(rotated, lower.triangularView<Eigen::Lower>().solve(labels), std::move(equations), lift,
                               stopwatch.seconds(), &lower);
    if (!optimum.complete && otherwise) return *std::move(otherwise);
    if (!optimum.complete) throw std::runtime_error("no optimal support was found");
    const Vector outside = (program_.labels - decomposition.lifted(labels)) / mu;
    Solution best = certified(lifted(decomposition, optimum, outside), decomposition.rank());
    if (best.status != Status::solved && program_.q == 1.0) {
      path_.add(Rung::rounded_dual);
      Optimum rounded = rounded_lift(decomposition, optimum, outside);
      best = certified(std::move(rounded), decomposition.rank());
    }
    if (best.status == Status::solved) return best;
    if (otherwise && otherwise->status == Status::solved) return *std::move(otherwise);
    // `outside` may be too large for doubles to hold S'nu: then the proof is that in the range of S.
    if (program_.q == 1.0) scale_to_feasible(rotated, optimum.dual);
    const Certificate certificate = certify(rotated, best.outer_weights, optimum.dual);
    const double floor = residual_floor(program_, best.outer_weights);
    if (classify(certificate, floor) != Status::solved) return best;
    best.certificate.gap = certificate.gap;
    best.status = classify(best.certificate, floor);
    return best;
  }

  /// Return an optimum of the rotated program with its dual in the coordinates of S.
  /// @param outside (y - Z Z'y)/mu, n: the part of nu off the range of S
  static Optimum lifted(const OrthogonalDecomposition& decomposition, Optimum optimum, const Vector& outside) {
    optimum.dual = outside + decomposition.lifted(optimum.dual);
    return optimum;
  }

  /// Return the same for q = 1 with a dual that is rounded to the nearest plane. It aims into the interior by what
  /// rounding still costs: to scale nu for feasibility would move S a + mu nu.
  [[nodiscard]] Optimum rounded_lift(const OrthogonalDecomposition& decomposition, const Optimum& optimum,
                                     const Vector& outside) const {
    Optimum result = optimum;
    double shrinkage = 1.0;
    for (int attempt = 0; attempt < 2; ++attempt) {
      result.dual = outside + shrinkage * decomposition.lifted(optimum.dual);
      round_dual(program_.activations, optimum.basis, shrinkage * optimum.signed_costs, result.dual);
      const Vector reached = extended_transposed_product(program_.activations, result.dual);
      const double ratio = (reached.array().abs() / program_.kappa.array()).maxCoeff();
      if (ratio <= 1.0) break;
      shrinkage = 1.0 - 2.0 * (ratio - 1.0);
    }
    return result;
  }

  /// Return the Cholesky factor of S S' + ridge I, with a larger ridge if rounding makes that indefinite.
  static Matrix regular_cholesky(const MatrixView& activations, double ridge) {
    constexpr double growth = 100.0;
    const double least = 10.0 * std::numeric_limits<double>::epsilon() * activations.squaredNorm();
    for (double shift = std::max(ridge, least);; shift *= growth) {
      Matrix gram(activations.rows(), activations.rows());
      dense::symmetric_product(1.0, activations, 0.0, gram);
      gram.diagonal().array() += shift;
      if (!dense::cholesky(gram)) continue;
      gram.triangularView<Eigen::StrictlyUpper>().setZero();
      return gram;
    }
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

  /// Return the optimum near an interior point, which is all that is returned if there is no regular basis.
  Optimum vertex(const Program& program, const InteriorPoint& start) {
    std::optional<Optimum> optimum = cross_over(program, start.priority, stop_, AtStall::give_up);
    if (optimum && !optimum->complete) {
      if (std::optional<Optimum> sparse = prove_sparse_optimum(program_, start)) return *std::move(sparse);
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
      if (program_.q == 1.0) scale_to_feasible(program_, dual);
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

Solution solve(const Program& program, Cuts cuts, const StopRequest& stop) {
  expect_valid(program);
  if (program.labels.isZero(0.0)) return minimum_l2_interpolator(program, stop);  // a = 0, for every objective
  const ScaledProgram scaled(program);
  const NonzeroProgram nonzero(scaled.program());
  if (nonzero.empty() && program.penalty == 0.0) return no_interpolator(program, 1.0, 0);
  return scaled.restored(nonzero.restored(Ladder(nonzero.program(), cuts, stop).solve()));
}

/// Return the optimum of the equilibrated program in the units of the original one; nothing if doubles have none.
std::optional<Solution> solve_equilibrated(const EquilibratedProgram& equilibrated, const StopRequest& stop) try {
  const Program program = equilibrated.program();
  Solution solution = solve(program, Cuts::none, stop);
  if (solution.status != Status::infeasible) {
    solution.certificate.row_residual = row_residual(program, solution.outer_weights);
    const Status status = classify(solution.certificate, residual_floor(program, solution.outer_weights));
    if (status != Status::solved) solution.status = status;
  }
  return equilibrated.restored(std::move(solution));
} catch (const std::runtime_error&) {
  return std::nullopt;
} catch (const ContractViolation&) {  // weights or costs that underflow in this scaling
  return std::nullopt;
}

}  // namespace

Solution flattest_interpolator(const Program& program, const StopRequest& stop) {
  return solve(program, Cuts::weakest_directions, stop);
}

/// The scalings are tried until one has a solution with a proof; without any, the first one decides.
Solution flattest_interpolator_of_any_scale(const Program& program, const StopRequest& stop) {
  constexpr double usual_spread = 10.0;  // binary orders, as rows of random features differ
  expect_valid(program);
  if (program.labels.isZero(0.0)) return minimum_l2_interpolator(program, stop);
  if (program.penalty > 0.0) return flattest_interpolator(program, stop);  // rows of other scales have another loss
  std::vector order = {Equilibration::by_size, Equilibration::by_costs, Equilibration::none};
  if (!EquilibratedProgram(program, Equilibration::by_size).changes_scales_by(usual_spread))
    std::ranges::rotate(order, order.end() - 1);
  std::optional<Solution> first;
  for (const Equilibration equilibration : order) {
    std::optional<Solution> solution = solve_equilibrated(EquilibratedProgram(program, equilibration), stop);
    if (solution && solution->status == Status::solved) return *std::move(solution);
    if (!first) first = std::move(solution);
    if (first && first->status == Status::infeasible && order.front() == Equilibration::none) break;
  }
  if (!first) throw std::runtime_error("no optimum was found in doubles, in any scaling of S");
  return *std::move(first);
}

}  // namespace flatsweep::solve
