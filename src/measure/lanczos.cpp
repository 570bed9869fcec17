#include "measure/lanczos.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdint>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::measure {
namespace {

/// Entries of unit size and mixed signs (splitmix64), so that no eigenvector is orthogonal to them.
Vector start_vector(Index n) {
  Vector start(n);
  for (Index i = 0; i < n; ++i) {
    std::uint64_t z = (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    start(i) = static_cast<double>(static_cast<std::int64_t>(z ^ (z >> 31))) * 0x1p-63;
  }
  return start.normalized();
}

struct RitzValue {
  double value;
  double residual;
};

/// Of the tridiagonal matrix with `diagonal` and `off_diagonal`; the last entry of the latter leads out of
/// it.
RitzValue largest_ritz_value(const Vector& diagonal, const Vector& off_diagonal, Index steps) {
  Eigen::SelfAdjointEigenSolver<Matrix> solver;
  solver.computeFromTridiagonal(diagonal.head(steps), off_diagonal.head(steps - 1));
  return {solver.eigenvalues()(steps - 1),
          std::abs(off_diagonal(steps - 1) * solver.eigenvectors()(steps - 1, steps - 1))};
}

}  // namespace

double largest_eigenvalue(Index n, const SymmetricOperator& apply, const StopRequest& stop) {
  expects(n > 0);
  constexpr Index check_every = 8;
  Index capacity = std::min<Index>(n, 64);
  Matrix basis(n, capacity);
  Vector diagonal(n), off_diagonal(n), next(n);
  basis.col(0) = start_vector(n);
  for (Index k = 0;; ++k) {
    stop.check();
    apply(basis.col(k), next);
    diagonal(k) = basis.col(k).dot(next);
    for (int pass = 0; pass < 2; ++pass) {
      const Vector overlaps = basis.leftCols(k + 1).transpose() * next;
      next.noalias() -= basis.leftCols(k + 1) * overlaps;
    }
    off_diagonal(k) = next.norm();
    const bool exhausted = k + 1 == n || off_diagonal(k) <= 1e-15 * std::abs(diagonal.head(k + 1).maxCoeff());
    if (exhausted || (k + 1) % check_every == 0) {
      const RitzValue ritz = largest_ritz_value(diagonal, off_diagonal, k + 1);
      if (exhausted || ritz.residual <= 1e-11 * ritz.value) return ritz.value;
    }
    if (k + 1 == capacity) basis.conservativeResize(n, capacity = std::min(n, 2 * capacity));
    basis.col(k + 1) = next / off_diagonal(k);
  }
}

}  // namespace flatsweep::measure
