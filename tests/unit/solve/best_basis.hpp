#pragma once

#include <Eigen/LU>
#include <algorithm>
#include <limits>
#include <vector>

#include "flatsweep/solve/program.hpp"

namespace flatsweep::test {

/// The optimum of a program with q = 1 and three samples over all bases of three columns, in extended
/// precision; infinite where there is none.
inline double best_basis(const solve::Program& program) {
  using Basis = Eigen::Matrix<long double, 3, 3>;
  using Weights = Eigen::Matrix<long double, 3, 1>;
  const Weights labels = program.labels.cast<long double>();
  const Index m = program.kappa.size();
  long double best = std::numeric_limits<long double>::infinity();
  for (Index i = 0; i < m; ++i) {
    for (Index j = i + 1; j < m; ++j) {
      for (Index k = j + 1; k < m; ++k) {
        const std::vector<Index> columns = {i, j, k};
        const Basis basis = program.activations(Eigen::indexing::all, columns).cast<long double>();
        if (std::abs(basis.determinant()) < 1e-14L) continue;
        const Weights weights = basis.inverse() * labels;
        best = std::min(best, weights.cwiseAbs().dot(program.kappa(columns).cast<long double>()));
      }
    }
  }
  return static_cast<double>(best);
}

}  // namespace flatsweep::test
