#pragma once

#include <limits>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/solve/solver_path.hpp"

/// Convex programs over the outer weights, their solutions, and the certificates that prove them.
namespace flatsweep::solve {

/// Let Omega(a) = sum_j kappa_j |a_j|^q. Without a penalty: minimise Omega(a) subject to S a = y (arXiv 2606.04429, Eq.
/// 3). With one: minimise |S a - y|^2 / n + penalty Omega(a). Both have the dual
///     maximise y'nu - (mu/2) |nu|^2 - Omega*(S'nu),    mu = n penalty / 2,
/// in which mu is a ridge, and S a + mu nu = y at the optimum. A view: S, y and kappa belong to the caller and outlive
/// it.
struct Program {
  MatrixView activations;  ///< S, n x m
  VectorView labels;       ///< y, n
  VectorView kappa;        ///< m, >= 0; a zero only if the column of S is zero
  double q;                ///< in [1, 2]
  double penalty = 0.0;    ///< lambda, >= 0

  /// Return mu = n penalty / 2, the ridge of the dual.
  [[nodiscard]] double ridge() const { return 0.5 * static_cast<double>(labels.size()) * penalty; }
};

/// @throws ContractViolation if sizes, q or values are not those of a program
void expect_valid(const Program& program);

/// Refuse q, penalty and kappa of a user's program that flattest_interpolator_of_any_scale() does not take.
/// @throws Error that names which
void require_valid(const Program& program);

/// Quantities computed from S, y, kappa, a and nu alone, by which anyone can check a solution.
struct Certificate {
  double objective;  ///< P = sum_j kappa_j |a_j|^q
  double residual;   ///< ||S a + mu nu - y|| / ||y||
  /// (P - D)/P; NaN without a dual. With a penalty: (P + |y - S a|^2 / (2 mu) - D)/P, or that over P + |y - S a|^2 / (2
  /// mu) if a = 0.
  double gap;
  /// max_i |y - S a|_i / (|y_i| + |S_i| |a|): a row that was left out shows whatever its scale (Oettli & Prager 1964);
  /// NaN if it was not asked for.
  double row_residual = std::numeric_limits<double>::quiet_NaN();
};

/// What a solution took. Seconds are of the wall clock, for benchmarks: they never steer anything.
struct Effort {
  int steps = 0;                     ///< of the interior point or of Newton's method
  int pivots = 0;                    ///< of the simplex
  double range_seconds = 0.0;        ///< to decide the rank and, if needed, to reduce S to its row space
  double approach_seconds = 0.0;     ///< in the steps
  double crossover_seconds = 0.0;    ///< in the pivots
  double certificate_seconds = 0.0;  ///< to recompute residual and gap
};

/// The optimum of a program, or another point of {a : S a = y}, or the finding that there is none.
struct Solution {
  Status status = Status::failed;  ///< solved, infeasible or inaccurate
  Vector outer_weights;            ///< a, m; NaN if infeasible
  Vector dual;                     ///< nu, n, dual feasible (to rounding with a penalty); NaN if there is none
  Certificate certificate{};       ///< residual: relative least-squares residual if infeasible
  Index rank = 0;                  ///< numerical rank of S; 0 if a penalty makes a = 0 without a look at it
  SolverPath path;                 ///< the rungs that were tried
  Effort effort{};                 ///< of the rung that gave the solution

  /// Steps and pivots together.
  [[nodiscard]] int iterations() const { return effort.steps + effort.pivots; }
};

/// Return P, the relative residual and the relative gap of (a, nu), with products in extended precision. For
/// q = 1 the dual value is that of nu scaled down to feasibility.
/// @param outer_weights a, m
/// @param dual nu, n
/// @pre labels are not all zero
Certificate certify(const Program& program, const VectorView& outer_weights, const VectorView& dual);

/// Return P and the relative residual of an interpolator (m) that comes without a dual; the gap is NaN.
Certificate certify(const Program& program, const VectorView& outer_weights);

/// Return what rounding a (m) to doubles costs in the relative residual: 8 eps ||S||_F ||a||_2 / ||y||_2.
double residual_floor(const Program& program, const VectorView& outer_weights);

/// Return the largest residual of a row of S a = y, relative to |y_i| + |S_i| |a|. Rows that miss by no more than
/// rounding the largest weight costs them, 8 eps max_j |S_ij| max_j |a_j|, count as exact.
double row_residual(const Program& program, const VectorView& outer_weights);

/// Return `solved` if the residual is at most max(1e-10, floor) and |gap| at most 1e-9 (or NaN: no dual),
/// and the row residual at most 1e-10 (or NaN: not asked for), else `inaccurate`.
Status classify(const Certificate& certificate, double floor);

/// Divide nu (n) by max(1, max_j |S_j'nu| / (q kappa_j)): the feasible dual of a program with q = 1. If q is above 1 by
/// less than rounding is, |S_j'nu| / (q kappa_j) must hardly exceed 1 either, as D has its power q/(q - 1).
void scale_to_feasible(const Program& program, Eigen::Ref<Vector> dual);

/// Return sum_j kappa_j |a_j|^q.
double objective(const Program& program, const VectorView& outer_weights);

}  // namespace flatsweep::solve
