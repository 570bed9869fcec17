#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"

/// The flattest interpolator, and others without an objective to compare it with: rank and feasibility are decided
/// alike for all. Each function throws Stopped if the request comes before its end.
namespace flatsweep::solve {

/// Return the flattest interpolator, or near-interpolator, i.e. the optimum of `program`, with a dual that certifies
/// it: by an interior point and crossover to a vertex, or with a penalty to a support, if q = 1; by Newton's method on
/// the dual if q > 1, from the vertex if q < 1.1 and there is no penalty. With a penalty there always is one.
/// @pre kappa_j = 0 only if column j of S is zero
Solution flattest_interpolator(const Program& program, const StopRequest& stop = {});

/// Return the same for a program whose rows and columns may be of any scale: equilibrated by powers of two, and
/// `solved` only if every row is fulfilled to 1e-10 of |y_i| + |S_i| |a|.
/// @pre what flattest_interpolator() asks for
/// @throws Error if every scaling of S under- or overflows
Solution flattest_interpolator_of_any_scale(const Program& program, const StopRequest& stop = {});

/// Return a = S^+ y; with a penalty, the ridge regression that minimises |S a - y|^2 / n + penalty |a|^2, with the dual
/// nu for which S a + mu nu = y. `program.q` and `program.kappa` only enter the certificate's objective.
Solution minimum_l2_interpolator(const Program& program, const StopRequest& stop = {});

/// Return S^+ y plus the null-space part of `draw` (m), scaled to the norm of S^+ y; S^+ y itself if there is
/// no null space.
/// @pre program.penalty = 0
Solution random_interpolator(const Program& program, const VectorView& draw, const StopRequest& stop = {});

/// Return the nu (n) of least norm with S'nu = S^+ y: a dual point from which a bound on every objective follows.
/// @param activations S, n x m
/// @param labels y, n
Vector least_norm_dual(const MatrixView& activations, const VectorView& labels, const StopRequest& stop = {});

}  // namespace flatsweep::solve
