#include "flatsweep/solve/flattest_interpolator.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "solve/ladder.hpp"
#include "solve/reductions.hpp"
#include "solve/scaling.hpp"

namespace flatsweep::solve {
namespace {

Solution solve(const Program& program, Cuts cuts, const StopRequest& stop) {
  expect_valid(program);
  if (program.labels.isZero(0.0)) return minimum_l2_interpolator(program, stop);  // a = 0, for every objective
  const ScaledProgram scaled(program);
  const NonzeroProgram nonzero(scaled.program());
  if (nonzero.empty() && program.penalty == 0.0) return no_interpolator(program, 1.0, 0);
  return scaled.restored(nonzero.restored(climb_ladder(nonzero.program(), cuts, stop)));
}

/// Return the optimum of the equilibrated program in the units of the original one; nothing if doubles have none.
std::optional<Solution> solve_equilibrated(const EquilibratedProgram& equilibrated, const StopRequest& stop) try {
  if (!equilibrated.keeps_columns()) return std::nullopt;
  const Program program = equilibrated.program();
  Solution solution = solve(program, Cuts::none, stop);
  if (solution.status != Status::infeasible) {
    solution.certificate.row_residual = row_residual(program, solution.outer_weights);
    const Status status = classify(solution.certificate, residual_floor(program, solution.outer_weights));
    if (status != Status::solved) solution.status = status;
  }
  return equilibrated.restored(std::move(solution));
} catch (const std::range_error&) {
  return std::nullopt;
}

Error beyond_doubles() {
  return Error("no optimum was found", "some cost, column or weight under- or overflows in every scaling",
               "Choose units in which the numbers of S, y, kappa and penalty are closer to 1.");
}

/// Rows of other scales would have another loss.
Solution solve_penalised(const Program& program, const StopRequest& stop) try {
  return solve(program, Cuts::weakest_directions, stop);
} catch (const std::range_error&) {
  throw beyond_doubles();
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
  if (program.penalty > 0.0) return solve_penalised(program, stop);
  std::vector order = {Equilibration::by_size, Equilibration::by_costs, Equilibration::none};
  if (!Scales(program, Equilibration::by_size).differ_by(usual_spread)) std::ranges::rotate(order, order.end() - 1);
  std::optional<Solution> first;
  for (const Equilibration equilibration : order) {
    std::optional<Solution> solution = solve_equilibrated(EquilibratedProgram(program, equilibration), stop);
    if (!solution) continue;
    if (solution->status == Status::solved) return *std::move(solution);
    // Whether S a = y has a solution does not depend on costs: what they make small only seems to be dependent.
    const bool misled = solution->status == Status::infeasible && equilibration == Equilibration::by_costs;
    if (!first && !misled) first = std::move(solution);
    if (first && first->status == Status::infeasible && order.front() == Equilibration::none) break;
  }
  if (!first) throw beyond_doubles();
  return *std::move(first);
}

}  // namespace flatsweep::solve
