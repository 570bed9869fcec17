#pragma once

#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// tr(G (G + lambda I)^-1), lambda = ridge tr(G)/n, for each ridge (arXiv 2506.17809): how many eigenvalues
/// of the Hessian stand out of the ridge. As n - lambda ||L^-1||_F^2 with G + lambda I = L L', which costs
/// (2/3) n^3 flops a ridge and errs by about n eps. NaN where G = 0.
/// @param gram G, n x n, lower triangle (hessian_gram.hpp)
/// @param ridges > 0, relative to the mean eigenvalue
/// @throws Stopped where the request comes first
std::vector<double> soft_ranks(MatrixView gram, std::span<const double> ridges, const StopRequest& stop = {});

}  // namespace flatsweep::measure
