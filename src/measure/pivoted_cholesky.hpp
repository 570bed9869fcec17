#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"

namespace flatsweep::measure {

/// P'KP = L L' up to a remainder whose diagonal is at most `tolerance`.
struct PivotedCholesky {
  std::vector<Index> pivots;  ///< P, m: row i of L belongs to row pivots[i] of K
  Index rank;                 ///< columns of L
};

/// Overwrite the lower triangle of K with L, m x rank, by complete pivoting in panels, as LAPACK's dpstrf:
/// most of the m rank^2 flops are symmetric products.
/// @param k K, m x m, positive semidefinite
/// @throws Stopped if a stop is requested
PivotedCholesky factor_with_pivoting(Eigen::Ref<Matrix> k, double tolerance, const StopRequest& stop = {});

}  // namespace flatsweep::measure
