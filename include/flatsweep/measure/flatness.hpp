#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/sample/sample.hpp"

namespace flatsweep::measure {

/// Curvatures of the mean squared loss by neuron, at inner weights of unit norm:
/// A_j = (2/n) sum_i sigma(w_j.x_i)^2 and B_j = (2/n) sum_i sigma'(w_j.x_i)^2 ||x_i||^2.
struct Curvature {
  Vector outer;  ///< A, m
  Vector inner;  ///< B, m
};

/// Return A and B.
/// @param activations S = sigma(X W'), n x m
/// @param features X, n x d
Curvature curvature(const model::Activation& activation, const MatrixView& activations, const MatrixView& features);

/// Return kappa_j = C_p A_j^(1/(p+1)) B_j^(p/(p+1)), m numbers: the weights with which sum_j kappa_j |a_j|^q
/// is the trace of the Hessian at the flattest rescaling (arXiv 2606.04429, Lemma 1).
Vector trace_weights(const model::Activation& activation, const Curvature& curvature);

/// Return sum_j kappa_j |a_j|^q.
/// @param trace_weights kappa, m
/// @param outer_weights a, m
double flatness(const VectorView& trace_weights, const VectorView& outer_weights, double q);

/// Return sum_j (A_j + a_j^2 B_j), the trace of the Hessian at inner weights of unit norm.
/// @param outer_weights a, m
double flatness_unit(const Curvature& curvature, const VectorView& outer_weights);

/// Return t_j = (a_j^2 B_j / (p A_j))^(1/(2p+2)), m numbers: the flattest rescaling w_j -> t_j w_j,
/// a_j -> t_j^-p a_j. It is 0 if a_j = 0 or A_j = 0, as such a neuron contributes nothing.
/// @param outer_weights a, m
Vector flattest_rescaling(const model::Activation& activation, const Curvature& curvature,
                          const VectorView& outer_weights);

/// Return `flatness` of the teacher written as a network of m neurons: m/r copies (a real number) of each u_i
/// with outer weight c_i r/m, hence (m/r)^(1-q) sum_i kappa(u_i) |c_i|^q (arXiv 2606.04429, Theorem 4). It is
/// NaN unless link = matched, noise = 0 and offset = 0, as other teachers do not interpolate.
/// @param features X, n x d
/// @param width m
/// @param noise zeta, standard deviation of the label noise
double flatness_teacher(const sample::Teacher& teacher, const MatrixView& features, Index width, double noise);

/// Return a lower bound on the optimum of min sum_j kappa_j |a_j|^q subject to S a = y: the largest value of
/// the dual on the line nu = t nu0 (arXiv 2606.04429, Lemma 5, in its form for finite samples), with
/// s = S' nu0. If q = 1, nu is feasible up to t = 1/max_j |s_j|/kappa_j, so the bound is t y'nu0. If q > 1,
/// D(t) = t y'nu0 - C t^q* with C = (q-1) sum_j kappa_j (|s_j|/(q kappa_j))^q* is largest at
///     t^(q*-1) = y'nu0/(q* C), where D = t y'nu0 / q.
/// The bound is 0 if y = 0 and NaN if nu0 is not finite (an infeasible program).
/// @param activations S, n x m
/// @param labels y, n
/// @param kappa m; a neuron with kappa_j = 0 has a zero column and is left out
/// @param direction nu0 = (S S')^+ y, n
double objective_bound(const MatrixView& activations, const VectorView& labels, const VectorView& kappa, double q,
                       const VectorView& direction);

}  // namespace flatsweep::measure
