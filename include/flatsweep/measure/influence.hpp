#pragma once

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// How the fitted labels S a of an optimum depend on the labels y, with H = d(S a)/dy. NaN where it has no meaning, or
/// if a matrix is singular to working precision.
///
/// `loo_loss` approximates leave-one-out at the same mu: let e_i be the residual at sample i of the optimum of the
/// others. That optimum is the one of all samples if y_i moves by -e_i, so r_i = e_i (1 - mean of H_ii on the way).
/// With H_ii at its end, r_i / (1 - H_ii) misses e_i by e_i^2 (dH_ii/dy_i) / (2 (1 - H_ii)) to leading order: of second
/// order in e_i, and by nothing where H is constant (ridge regression; q = 1 while no column enters or leaves the
/// support). At n = 20 that may be half of the loss.
struct Influence {
  double degrees_of_freedom = not_a_number;  ///< tr H
  double gcv_loss = not_a_number;            ///< (|r|^2/n) / (1 - tr H / n)^2 (Craven & Wahba 1979)
  double loo_loss = not_a_number;            ///< (1/n) sum_i (r_i / (1 - H_ii))^2, see above
  double takeuchi = not_a_number;            ///< (2/n) sum_i r_i^2 H_ii (Takeuchi 1976): see influence_of_gram
};

/// Return da_j/dt_j = |a_j|^(2-q) / (q (q-1) kappa_j), m, at t_j = q kappa_j |a_j|^(q-1) sign a_j; 0 if kappa_j = 0.
/// @param outer_weights a, m
/// @param kappa m
/// @param exponent q > 1
Vector response(const VectorView& outer_weights, const VectorView& kappa, double exponent);

/// Return the influence at the optimum of a smooth program, H = M (M + mu I)^-1 with M = S W S'. Since r = mu nu,
/// r_i / (1 - H_ii) = nu_i / [(M + mu I)^-1]_ii, which has a limit at the interpolators.
/// @param activations S, n x m
/// @param response diagonal of W, m
/// @param dual nu, n
/// @param ridge mu >= 0
Influence influence(const MatrixView& activations, const VectorView& response, const VectorView& dual, double ridge);

/// Return the influence by H = M (M + mu I)^-1 itself, e.g. of training with weight decay lambda, to first order: M = J
/// J' with J the Jacobian of the network by all its weights, mu = n lambda. With the Gauss-Newton Hessian F = (2/n) J'J
/// and the mean C of outer products of the samples' gradients, tr H = tr(F (F + 2 lambda I)^-1) is the soft rank (arXiv
/// 2506.17809), and takeuchi = tr(C (F + 2 lambda I)^-1)/n.
/// @param gram M, n x n, lower triangle
/// @param dual nu = r/mu, n
/// @param ridge mu >= 0
Influence influence_of_gram(Matrix gram, const VectorView& dual, double ridge);

/// Return the influence at the optimum of a program with q = 1, where H projects on the span of the support (Zou,
/// Hastie & Tibshirani 2007).
/// @param activations S, n x m
/// @param outer_weights a, m: the support is where they are not 0
/// @param residuals r = y - S a, n
/// @param has_penalty if not, only the degrees of freedom have a meaning
Influence influence_of_support(const MatrixView& activations, const VectorView& outer_weights,
                               const VectorView& residuals, bool has_penalty);

}  // namespace flatsweep::measure
