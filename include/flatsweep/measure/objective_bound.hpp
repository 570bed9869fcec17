#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// Lower bound on the optimum of min sum_j kappa_j |a_j|^q subject to S a = y: the dual's largest value on
/// the line nu = t nu0 (arXiv 2606.04429, Lemma 5, finite-sample form). q = 1: nu is
/// feasible up to t = 1/max_j |s_j|/kappa_j, s = S'nu0, so the bound is t y'nu0. q > 1: D(t) = t y'nu0 - C
/// t^q*, C = (q-1) sum_j kappa_j (|s_j|/(q kappa_j))^q*, largest at
///        t^(q*-1) = y'nu0/(q* C), where D = t y'nu0 / q.
/// @param activations S, n x m
/// @param kappa m; a neuron with kappa_j = 0 has a zero column and is left out
/// @param direction nu0 = (S S')^+ y, n
/// @return 0 where y = 0; NaN where `direction` is not finite (an infeasible program)
double objective_bound(MatrixView activations, VectorView labels, VectorView kappa, double q,
                       VectorView direction);

/// nu0 = (S S')^+ y by a rank-revealing factorisation of S (singular values <= 1e-12 of the largest dropped).
/// Several times dearer than what a solver knows of S already.
Vector minimum_norm_direction(MatrixView activations, VectorView labels);

}  // namespace flatsweep::measure
