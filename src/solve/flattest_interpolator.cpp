#include "flatsweep/solve/flattest_interpolator.hpp"

#include <array>
#include <limits>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/dual_rounding.hpp"
#include "flatsweep/solve/gram_cholesky.hpp"
#include "flatsweep/solve/interior_point.hpp"
#include "flatsweep/solve/least_norm.hpp"
#include "flatsweep/solve/newton.hpp"
#include "flatsweep/solve/normal_equations.hpp"
#include "flatsweep/solve/row_space_program.hpp"
#include "flatsweep/solve/scaled_program.hpp"
#include "flatsweep/solve/simplex.hpp"

namespace flatsweep::solve {
namespace {

/// A primal and a dual optimum, not yet certified.
struct Optimum {
  Vector outer_weights;      ///< a, m
  Vector dual;               ///< nu, n
  Effort effort;             ///< without the certificate's
  std::vector<Index> basis;  ///< q = 1: columns with S_B'nu = signed_costs
  Vector signed_costs;       ///< of these columns; n
};

/// Relative gap at which the crossover takes over: one more step costs about as much as the pivots that it
/// saves.
constexpr double crossover_gap = 1e-3;

/// A tolerance and the rung that it is.
constexpr std::array<std::pair<double, Rung>, 3> cuts = {
    {{1e-10, Rung::cut_at_1e_10}, {1e-9, Rung::cut_at_1e_9}, {1e-8, Rung::cut_at_1e_8}}};

/// The normal equations of a program for weights 1, not yet factored.
NormalEquations normal_equations(const Program& program) {
  NormalEquations equations(program.activations, program.kappa.array().pow(1.0 / program.q).matrix());
  equations.set_weights(Vector::Ones(program.kappa.size()));
  return equations;
}

/// Return the column priorities for the crossover. A square S has one interpolator: its columns are the
/// basis, whatever the costs.
/// @param equations freed at the end: the simplex needs the memory
InteriorPoint starting_point(const VectorView& labels, NormalEquations equations, const StopRequest& stop) {
  if (equations.samples() < equations.width()) return approach_vertex(labels, equations, crossover_gap, stop);
  return {Vector::Ones(equations.width()), 0, 0.0};
}

/// Return priorities by which the n columns that pivoted QR takes first come first, whatever their weights.
Vector independence(const MatrixView& activations) {
  Matrix factors = activations;
  Vector scales(activations.rows());
  Eigen::VectorXi order(activations.cols());
  dense::factor_pivoted_qr(factors, scales, order);
  Vector priority = Vector::Zero(activations.cols());
  for (Index k = 0; k < activations.rows(); ++k)
    priority(order(k)) = static_cast<double>(activations.rows() - k);
  return priority;
}

/// The ways to an optimum, from the cheapest to those for an S so ill-conditioned that doubles hardly hold
/// its solution. A rung is left for the next one if its optimum is not `solved`.
///
/// | rung         | rows of the program              | taken if |
/// |--------------|----------------------------------|---------------------------------------------------------|
/// | direct       | S                                | n <= m; normal equations in single precision prove
/// rank | | whitened     | S; L^-1 S in the interior point  | q = 1, n <= m; they do not, but condition(S S')
/// <= 1e11 | | row_space    | Q', where S = Z L Q'             | none of these solved it; decides rank and
/// feasibility   | | cut_at_1e_10 | Q' of the directions of S above  | row_space is not solved: a dual that
/// tells the weakest  | | cut_at_1e_9  | that share of its largest        | directions apart may be too large
/// for doubles to hold   | | cut_at_1e_8  | singular value                   | its gap; left out, they cost
/// the residual little        |
///
/// On each rung, with q = 1: `second_start` if the crossover finds no vertex from the columns of the interior
/// point, and `rounded_dual` if the dual as it was computed misses the bound of the gap.
class Ladder {
 public:
  Ladder(const Program& program, const StopRequest& stop) : program_(program), stop_(stop) {}

  /// @pre no zero columns, labels are not all zero
  Solution solve() {
    Solution solution = climb();
    solution.path = path_;
    return solution;
  }

 private:
  Solution climb();
  std::optional<Solution> solve_on_own_rows();
  std::optional<Solution> solve_full_rank(const VectorView& labels, NormalEquations equations,
                                          const Stopwatch& stopwatch);
  std::optional<Solution> solve_in_row_space(const RowSpaceProgram& row_space, const Stopwatch& stopwatch);
  Solution solve_without_weakest_directions(Solution otherwise);

  std::optional<Optimum> optimise(const Program& program, const VectorView& labels,
                                  NormalEquations equations);
  std::optional<Optimum> vertex_optimum(const Program& program, const VectorView& labels,
                                        NormalEquations equations);
  Optimum smooth_optimum(const Program& program, NormalEquations equations);
  Solution certified(Optimum optimum, Index rank);

  const Program& program_;
  const StopRequest& stop_;
  SolverPath path_;
};

Solution Ladder::climb() {
  std::optional<Solution> direct = solve_on_own_rows();
  if (direct && direct->status == Status::solved) return *std::move(direct);
  const Stopwatch stopwatch;
  path_.add(Rung::row_space);
  const RowSpaceProgram row_space(program_, stop_);
  if (!row_space.is_feasible()) return no_interpolator(program_, row_space.residual(), row_space.rank());
  std::optional<Solution> reduced = solve_in_row_space(row_space, stopwatch);
  if (!reduced) reduced = std::move(direct);
  if (!reduced)
    throw std::runtime_error("no optimal vertex was found, neither directly nor in the row space of S");
  return reduced->status == Status::solved ? *std::move(reduced)
                                           : solve_without_weakest_directions(*std::move(reduced));
}

/// Rungs `direct` and `whitened`; nothing if S is not regular enough for them.
std::optional<Solution> Ladder::solve_on_own_rows() {
  const Stopwatch stopwatch;
  if (program_.labels.size() > program_.kappa.size()) return std::nullopt;
  NormalEquations equations = normal_equations(program_);
  equations.factor();
  if (equations.rounding() <= safe_rounding) {
    path_.add(Rung::direct);
    return solve_full_rank(program_.labels, std::move(equations), stopwatch);
  }
  if (program_.q > 1.0) return std::nullopt;
  stop_.check();
  const std::optional<Matrix> lower = gram_cholesky(program_.activations);
  if (!lower) return std::nullopt;
  stop_.check();
  path_.add(Rung::whitened);
  equations.whiten(*lower);
  equations.assume_identity();
  const Vector labels = lower->triangularView<Eigen::Lower>().solve(program_.labels);
  return solve_full_rank(labels, std::move(equations), stopwatch);
}

std::optional<Solution> Ladder::solve_full_rank(const VectorView& labels, NormalEquations equations,
                                                const Stopwatch& stopwatch) {
  const double range_seconds = stopwatch.seconds();
  std::optional<Optimum> optimum = optimise(program_, labels, std::move(equations));
  if (!optimum) return std::nullopt;
  optimum->effort.range_seconds = range_seconds;
  return certified(std::move(*optimum), program_.labels.size());
}

/// @param stopwatch started before `row_space` was computed
/// @return nothing if there is no optimum in doubles
std::optional<Solution> Ladder::solve_in_row_space(const RowSpaceProgram& row_space,
                                                   const Stopwatch& stopwatch) {
  const Program reduced = row_space.program();
  NormalEquations equations = normal_equations(reduced);
  equations.assume_identity();
  const double range_seconds = stopwatch.seconds();
  std::optional<Optimum> optimum = optimise(reduced, reduced.labels, std::move(equations));
  if (!optimum) return std::nullopt;
  optimum->effort.range_seconds = range_seconds;
  if (program_.q > 1.0)
    row_space.refine(optimum->outer_weights);
  else
    row_space.refine(optimum->outer_weights, optimum->basis);
  optimum->dual = row_space.lifted_dual(optimum->dual);
  return certified(std::move(*optimum), row_space.rank());
}

/// The first of `cuts` at which residual and gap hold their bounds, `otherwise` if there is none.
Solution Ladder::solve_without_weakest_directions(Solution otherwise) {
  for (const auto& [tolerance, rung] : cuts) {
    const Stopwatch stopwatch;
    path_.add(rung);
    auto solution = solve_in_row_space(RowSpaceProgram(program_, stop_, tolerance), stopwatch);
    if (!solution || solution->status != Status::solved) continue;
    solution->rank = otherwise.rank;
    return *std::move(solution);
  }
  return otherwise;
}

/// The optimum of a program whose S has full row rank.
/// @param labels y in the coordinates of `equations`, whose rows may be whitened; n
/// @param equations normal_equations(program), with a factor
/// @return nothing if crossover finds no optimal vertex
std::optional<Optimum> Ladder::optimise(const Program& program, const VectorView& labels,
                                        NormalEquations equations) {
  if (program.q > 1.0) return smooth_optimum(program, std::move(equations));
  return vertex_optimum(program, labels, std::move(equations));
}

Optimum Ladder::smooth_optimum(const Program& program, NormalEquations equations) {
  const Stopwatch stopwatch;
  DualOptimum found = maximise_dual(program, equations, stop_);
  Optimum optimum{std::move(found.outer_weights), std::move(found.dual), {}, {}, {}};
  optimum.effort.steps = found.iterations;
  optimum.effort.approach_seconds = stopwatch.seconds();
  return optimum;
}

std::optional<Optimum> Ladder::vertex_optimum(const Program& program, const VectorView& labels,
                                              NormalEquations equations) {
  const Stopwatch approach;
  const InteriorPoint start = starting_point(labels, std::move(equations), stop_);
  const double approach_seconds = approach.seconds();
  const Stopwatch crossover;
  std::optional<Vertex> vertex = cross_over(program, start.importance, stop_);
  if (!vertex) {
    path_.add(Rung::second_start);
    vertex = cross_over(program, independence(program.activations), stop_);
  }
  if (!vertex) return std::nullopt;
  Optimum optimum{std::move(vertex->outer_weights),
                  std::move(vertex->dual),
                  {},
                  std::move(vertex->basis),
                  std::move(vertex->signed_costs)};
  optimum.effort.steps = start.iterations;
  optimum.effort.pivots = vertex->pivots;
  optimum.effort.approach_seconds = approach_seconds;
  optimum.effort.crossover_seconds = crossover.seconds();
  return optimum;
}

/// Attaches the certificate, and the status that it earns, to an optimum.
Solution Ladder::certified(Optimum optimum, Index rank) {
  const Stopwatch stopwatch;
  Solution solution;
  const double floor = residual_floor(program_, optimum.outer_weights);
  const auto attach = [&](Vector dual) {
    if (program_.q == 1.0) scale_to_feasible(program_, dual);
    solution.certificate = certify(program_, optimum.outer_weights, dual);
    solution.status = judge(solution.certificate, floor);
    solution.dual = std::move(dual);
  };
  attach(optimum.dual);
  if (solution.status != Status::solved && !optimum.basis.empty()) {
    path_.add(Rung::rounded_dual);
    round_dual(program_.activations, optimum.basis, optimum.signed_costs, optimum.dual);
    attach(std::move(optimum.dual));
  }
  solution.outer_weights = std::move(optimum.outer_weights);
  solution.rank = rank;
  solution.effort = optimum.effort;
  solution.effort.certificate_seconds = stopwatch.seconds();
  return solution;
}

std::vector<Index> nonzero_columns(const Program& program) {
  std::vector<Index> nonzero;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) nonzero.push_back(j);
  }
  return nonzero;
}

/// The solution of `program` from that of its nonzero columns: no weight on the others.
Solution with_zero_columns(const Program& program, const std::vector<Index>& nonzero, Solution solution) {
  Vector outer_weights = Vector::Constant(program.kappa.size(), solution.status == Status::infeasible
                                                                    ? std::numeric_limits<double>::quiet_NaN()
                                                                    : 0.0);
  outer_weights(nonzero) = solution.outer_weights;
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

Solution solve_scaled(const Program& program, const StopRequest& stop) {
  const std::vector<Index> nonzero = nonzero_columns(program);
  if (nonzero.empty()) return no_interpolator(program, 1.0, 0);
  if (static_cast<Index>(nonzero.size()) == program.kappa.size()) return Ladder(program, stop).solve();
  const Matrix activations = program.activations(Eigen::all, nonzero);
  const Vector kappa = program.kappa(nonzero);
  const Program smaller{activations, program.labels, kappa, program.q};
  return with_zero_columns(program, nonzero, Ladder(smaller, stop).solve());
}

}  // namespace

Solution flattest_interpolator(const Program& program, const StopRequest& stop) {
  expect_valid(program);
  if (program.labels.isZero(0.0))
    return zero_interpolator(program, LeastNorm(program.activations, stop).rank());
  const ScaledProgram scaled(program);
  return scaled.restored(solve_scaled(scaled.program(), stop));
}

}  // namespace flatsweep::solve
