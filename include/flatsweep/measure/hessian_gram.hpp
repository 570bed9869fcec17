#pragma once

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/model/activation.hpp"

namespace flatsweep::measure {

/// The n x n matrix whose non-zero eigenvalues are those of the mean squared loss' Hessian at an
/// interpolator, at the flattest rescaling t of its weights:
///     G = (2/n) [S~ S~' + (X X') o (T diag(a~^2) T')],
/// with S~ = S diag(t^p) and T diag(a~) = sigma'(X W') diag(a/t). Its trace is `flatness`.
/// Only the lower triangle is filled. Neurons with t_j = 0 vanish.
/// @param activations S = sigma(X W'), n x m
/// @param features X, n x d
/// @param inner_weights W, m x d
/// @param outer_weights a, m
/// @param rescaling t = flattest_rescaling(...), m
/// @throws Stopped where the request comes first
Matrix hessian_gram(const model::Activation& activation, MatrixView activations, MatrixView features,
                    MatrixView inner_weights, VectorView outer_weights, VectorView rescaling,
                    const StopRequest& stop = {});

}  // namespace flatsweep::measure
