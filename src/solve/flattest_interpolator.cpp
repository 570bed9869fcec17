#include "flatsweep/solve/flattest_interpolator.hpp"

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/dual_rounding.hpp"
#include "flatsweep/solve/gram_cholesky.hpp"
#include "flatsweep/solve/least_norm.hpp"
#include "flatsweep/solve/optimum.hpp"
#include "flatsweep/solve/row_space_program.hpp"
#include "flatsweep/solve/scaled_program.hpp"

namespace flatsweep::solve {
namespace {

/// Attaches the certificate, and the status that it earns, to an optimum.
Solution certified(const Program& program, Optimum optimum, Index rank) {
  const Stopwatch stopwatch;
  Solution solution;
  const double floor = residual_floor(program, optimum.outer_weights);
  const auto attach = [&](Vector dual) {
    if (program.q == 1.0) scale_to_feasible(program, dual);
    solution.certificate = certify(program, optimum.outer_weights, dual);
    solution.status = judge(solution.certificate, floor);
    solution.dual = std::move(dual);
  };
  attach(optimum.dual);
  if (solution.status != Status::solved && !optimum.basis.empty()) {
    round_dual(program.activations, optimum.basis, optimum.signed_costs, optimum.dual);
    attach(std::move(optimum.dual));
  }
  solution.outer_weights = std::move(optimum.outer_weights);
  solution.rank = rank;
  solution.effort = optimum.effort;
  solution.effort.certificate_seconds = stopwatch.seconds();
  return solution;
}

/// The optimum on S as it is, with the help of `equations`; for q = 1 these may be whitened.
std::optional<Solution> solve_full_rank(const Program& program, const VectorView& labels,
                                        NormalEquations equations, const Stopwatch& stopwatch,
                                        const StopRequest& stop) {
  const double range_seconds = stopwatch.seconds();
  std::optional<Optimum> optimum = program.q == 1.0
                                       ? vertex_optimum(program, labels, std::move(equations), stop)
                                       : optimise(program, std::move(equations), stop);
  if (!optimum) return std::nullopt;
  optimum->effort.range_seconds = range_seconds;
  return certified(program, std::move(*optimum), program.labels.size());
}

/// The optimum on S as it is; nothing where S is not regular enough for that.
std::optional<Solution> solve_directly(const Program& program, const StopRequest& stop) {
  const Stopwatch stopwatch;
  if (program.labels.size() > program.kappa.size()) return std::nullopt;
  NormalEquations equations = normal_equations(program);
  equations.factor();
  if (equations.rounding() <= safe_rounding)
    return solve_full_rank(program, program.labels, std::move(equations), stopwatch, stop);
  if (program.q > 1.0) return std::nullopt;
  stop.check();
  const std::optional<Matrix> lower = gram_cholesky(program.activations);
  if (!lower) return std::nullopt;
  stop.check();
  equations.whiten(*lower);
  equations.assume_identity();
  const Vector labels = lower->triangularView<Eigen::Lower>().solve(program.labels);
  return solve_full_rank(program, labels, std::move(equations), stopwatch, stop);
}

/// The optimum in the row space of S, which took `stopwatch` so far to find; nothing where there is none in
/// doubles.
std::optional<Solution> solve_reduced(const Program& program, const RowSpaceProgram& row_space,
                                      const Stopwatch& stopwatch, const StopRequest& stop) {
  const Program reduced = row_space.program();
  NormalEquations equations = normal_equations(reduced);
  equations.assume_identity();
  const double range_seconds = stopwatch.seconds();
  std::optional<Optimum> optimum = optimise(reduced, std::move(equations), stop);
  if (!optimum) return std::nullopt;
  optimum->effort.range_seconds = range_seconds;
  if (program.q > 1.0)
    row_space.refine(optimum->outer_weights);
  else
    row_space.refine(optimum->outer_weights, optimum->basis);
  optimum->dual = row_space.lifted_dual(optimum->dual);
  return certified(program, std::move(*optimum), row_space.rank());
}

/// The singular values of S may decrease from 1 to 1e-12 without a gap, and a dual that tells the weakest
/// directions apart is then too large for doubles to hold the gap that it has. Left out, these directions
/// cost the residual little. The first tolerance at which both bounds hold is taken, `otherwise` where there
/// is none.
Solution without_weakest_directions(const Program& program, Solution otherwise, const StopRequest& stop) {
  for (const double tolerance : {1e-10, 1e-9, 1e-8}) {
    const Stopwatch stopwatch;
    auto solution = solve_reduced(program, RowSpaceProgram(program, stop, tolerance), stopwatch, stop);
    if (!solution || solution->status != Status::solved) continue;
    solution->rank = otherwise.rank;
    return *std::move(solution);
  }
  return otherwise;
}

/// @pre no zero columns, labels are not all zero
Solution solve_live(const Program& program, const StopRequest& stop) {
  std::optional<Solution> direct = solve_directly(program, stop);
  if (direct && direct->status == Status::solved) return *std::move(direct);
  const Stopwatch stopwatch;
  const RowSpaceProgram row_space(program, stop);
  if (!row_space.is_feasible()) return no_interpolator(program, row_space.residual(), row_space.rank());
  std::optional<Solution> reduced = solve_reduced(program, row_space, stopwatch, stop);
  if (!reduced) reduced = std::move(direct);
  if (!reduced)
    throw std::runtime_error("no optimal vertex was found, neither directly nor in the row space of S");
  return reduced->status == Status::solved ? *std::move(reduced)
                                           : without_weakest_directions(program, *std::move(reduced), stop);
}

std::vector<Index> live_columns(const Program& program) {
  std::vector<Index> live;
  for (Index j = 0; j < program.kappa.size(); ++j) {
    const bool zero = (program.activations.col(j).array() == 0.0).all();
    expects(zero || program.kappa(j) > 0.0);
    if (!zero) live.push_back(j);
  }
  return live;
}

/// The solution of `program` from that of its live columns: no weight on the others.
Solution with_dead_columns(const Program& program, const std::vector<Index>& live, Solution solution) {
  if (solution.status == Status::infeasible)
    return no_interpolator(program, solution.certificate.residual, solution.rank);
  Vector outer_weights = Vector::Zero(program.kappa.size());
  outer_weights(live) = solution.outer_weights;
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

Solution solve_scaled(const Program& program, const StopRequest& stop) {
  const std::vector<Index> live = live_columns(program);
  if (live.empty()) return no_interpolator(program, 1.0, 0);
  if (static_cast<Index>(live.size()) == program.kappa.size()) return solve_live(program, stop);
  const Matrix activations = program.activations(Eigen::all, live);
  const Vector kappa = program.kappa(live);
  return with_dead_columns(program, live, solve_live({activations, program.labels, kappa, program.q}, stop));
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
