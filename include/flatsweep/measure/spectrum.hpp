#pragma once

#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/model/activation.hpp"

namespace flatsweep::measure {

/// Return the n x n matrix whose nonzero eigenvalues are those of the Hessian of the mean squared loss at an
/// interpolator, at the flattest rescaling t of its weights:
///     G = (2/n) [S~ S~' + (X X') o (T diag(a~^2) T')],
/// with S~ = S diag(t^p) and T diag(a~) = sigma'(X W') diag(a/t). Its trace is `flatness`. Only the lower
/// triangle is filled. Neurons with t_j = 0 vanish.
/// @param activations S = sigma(X W'), n x m
/// @param features X, n x d
/// @param inner_weights W, m x d
/// @param outer_weights a, m
/// @param rescaling t = flattest_rescaling(...), m
/// @throws Stopped if a stop is requested
Matrix hessian_gram(const model::Activation& activation, const MatrixView& activations, const MatrixView& features,
                    const MatrixView& inner_weights, const VectorView& outer_weights, const VectorView& rescaling,
                    const StopRequest& stop = {});

/// Return the largest eigenvalue of the Hessian to a relative error of 1e-10; 0 if G = 0.
/// @param gram G = hessian_gram(...), n x n, lower triangle
/// @throws Stopped if a stop is requested
double hessian_max(const MatrixView& gram, const StopRequest& stop = {});

/// Return all n eigenvalues of G, ascending. O(n^3) with a large constant.
/// @param gram G = hessian_gram(...), n x n, lower triangle
Vector hessian_eigenvalues(const MatrixView& gram);

/// Return tr(G (G + lambda I)^-1), lambda = ridge tr(G)/n, for each ridge (arXiv 2506.17809): how many
/// eigenvalues of the Hessian exceed the ridge. It is computed as n - lambda tr((G + lambda I)^-1) by block
/// Cholesky factors and their inverses after one reduction of G to block tridiagonal form, so further ridges
/// are nearly free. The error is about n eps (1 + max eigenvalue/lambda). NaN if G = 0.
/// @param gram G = hessian_gram(...), n x n, lower triangle
/// @param ridges > 0, relative to the mean eigenvalue
/// @throws Stopped if a stop is requested
std::vector<double> soft_ranks(const MatrixView& gram, std::span<const double> ridges, const StopRequest& stop = {});

/// Largest and smallest of the min(n, m) singular values of S (arXiv 2606.04429, Lemma 2).
struct SingularRange {
  double max;  ///< sigma_1
  double min;  ///< sigma_min(n, m)
};

/// Return the extreme singular values of S from its smaller Gram matrix if the condition number of S is at
/// most 3e3, which leaves the smallest a relative error of 1e-9; else from a QR factorisation, with an error
/// of about eps max/min. The smallest is 0 if a pivot vanishes.
/// @param activations S, n x m
/// @throws Stopped if a stop is requested
SingularRange singular_range(const MatrixView& activations, const StopRequest& stop = {});

}  // namespace flatsweep::measure
