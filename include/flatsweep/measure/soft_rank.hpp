#pragma once

#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// tr(G (G + lambda I)^-1), lambda = ridge tr(G)/n, for each ridge (arXiv 2506.17809): how many eigenvalues
/// of the Hessian stand out of the ridge. As n - lambda tr((G + lambda I)^-1) by block Cholesky factors and
/// their inverses after one reduction of G to block tridiagonal form, so that further ridges are nearly free.
/// Errs by about n eps (1 + max eigenvalue/lambda). NaN where G = 0.
/// @param gram G, n x n, lower triangle (hessian_gram.hpp)
/// @param ridges > 0, relative to the mean eigenvalue
/// @throws Stopped where the request comes first
std::vector<double> soft_ranks(MatrixView gram, std::span<const double> ridges, const StopRequest& stop = {});

}  // namespace flatsweep::measure
