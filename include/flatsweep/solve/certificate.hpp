#pragma once

#include "flatsweep/core/status.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// Relative distance of y from the range of S above which no interpolator exists, beside the floor of
/// rounding.
constexpr double range_tolerance = 1e-9;

/// P, the relative residual and the relative gap of (a, nu), from the program alone. For q = 1 the dual value
/// is that of nu scaled down to feasibility. Products are evaluated in extended precision.
/// @param outer_weights a, m
/// @param dual nu, n
/// @pre labels are not all zero
Certificate certify(const Program& program, const VectorView& outer_weights, const VectorView& dual);

/// P and the relative residual of an interpolator that comes without a dual; gap is NaN.
Certificate certify(const Program& program, const VectorView& outer_weights);

/// What rounding a to doubles costs in the relative residual: 8 eps ||S||_F ||a||_2 / ||y||_2.
double residual_floor(const Program& program, const VectorView& outer_weights);

/// `solved` where the residual is at most max(1e-10, floor) and |gap| at most 1e-9 (or NaN: no dual), else
/// `inaccurate`.
Status judge(const Certificate& certificate, double floor);

/// nu divided by max(1, max_j |S_j'nu| / kappa_j): the feasible dual of a program with q = 1.
void scale_to_feasible(const Program& program, Eigen::Ref<Vector> dual);

/// sum_j kappa_j |a_j|^q.
double objective(const Program& program, const VectorView& outer_weights);

}  // namespace flatsweep::solve
