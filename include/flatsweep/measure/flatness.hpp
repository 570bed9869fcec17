#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"

namespace flatsweep::measure {

/// Per-neuron curvatures of the mean squared loss at unit-norm inner weights:
/// A_j = (2/n) sum_i sigma(w_j.x_i)^2 and B_j = (2/n) sum_i sigma'(w_j.x_i)^2 ||x_i||^2.
struct Curvature {
  Vector outer;  ///< A, m
  Vector inner;  ///< B, m
};

/// @param activations S = sigma(X W'), n x m
/// @param features X, n x d
Curvature curvature(const model::Activation& activation, MatrixView activations, MatrixView features);

/// kappa_j = C_p A_j^(1/(p+1)) B_j^(p/(p+1)), m: the weights with which sum_j kappa_j |a_j|^q is the
/// trace at the flattest rescaling (arXiv 2606.04429, Lemma 1).
Vector trace_weights(const model::Activation& activation, const Curvature& curvature);

/// sum_j kappa_j |a_j|^q.
double flatness(VectorView trace_weights, VectorView outer_weights, double q);

/// sum_j (A_j + a_j^2 B_j).
double flatness_unit(const Curvature& curvature, VectorView outer_weights);

/// t_j = (a_j^2 B_j / (p A_j))^(1/(2p+2)), m: the flattest rescaling w_j -> t_j w_j, a_j -> t_j^-p a_j; 0
/// where a_j = 0 or A_j = 0: such a neuron contributes nothing.
Vector flattest_rescaling(const model::Activation& activation, const Curvature& curvature,
                          VectorView outer_weights);

}  // namespace flatsweep::measure
