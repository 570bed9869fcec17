#include "flatsweep/measure/soft_rank.hpp"

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/measure/spectrum.hpp"

namespace flatsweep::measure {
namespace {

/// L := L^-1 in the lower triangle. By halves: the inverse of (A 0; B C) is (A^-1 0; -C^-1 B A^-1  C^-1).
void invert_lower(Eigen::Ref<Matrix> lower) {
  constexpr Index leaf = 48;
  const Index n = lower.rows();
  if (n <= leaf) {
    for (Index j = 0; j < n; ++j) {
      auto column = lower.col(j).tail(n - j);
      const double pivot = column(0);
      column.tail(n - j - 1) *= -1.0 / pivot;
      column(0) = 1.0 / pivot;
      lower.bottomRightCorner(n - j - 1, n - j - 1)
          .triangularView<Eigen::Lower>()
          .solveInPlace(column.tail(n - j - 1));
    }
    return;
  }
  const Index half = n / 2;
  auto corner = lower.bottomLeftCorner(n - half, half);
  dense::solve_lower(lower.bottomRightCorner(n - half, n - half), corner);
  invert_lower(lower.topLeftCorner(half, half));
  corner = -corner * lower.topLeftCorner(half, half).triangularView<Eigen::Lower>();
  invert_lower(lower.bottomRightCorner(n - half, n - half));
}

double squared_norm_of_lower(const Matrix& lower) {
  double sum = 0.0;
  for (Index j = 0; j < lower.cols(); ++j) sum += lower.col(j).tail(lower.rows() - j).squaredNorm();
  return sum;
}

/// For ridges so small that rounding makes G + lambda I indefinite.
double soft_rank_by_eigenvalues(MatrixView gram, double lambda) {
  const Eigen::ArrayXd eigenvalues = hessian_eigenvalues(gram).cwiseMax(0.0);
  return (eigenvalues / (eigenvalues + lambda)).sum();
}

}  // namespace

std::vector<double> soft_ranks(MatrixView gram, std::span<const double> ridges, const StopRequest& stop) {
  expects(gram.rows() == gram.cols() && gram.rows() > 0);
  const Index n = gram.rows();
  const double mean_eigenvalue = gram.trace() / static_cast<double>(n);
  Matrix factor(n, n);
  std::vector<double> ranks;
  ranks.reserve(ridges.size());
  for (const double ridge : ridges) {
    expects(ridge > 0.0);
    stop.check();
    const double lambda = ridge * mean_eigenvalue;
    factor.triangularView<Eigen::Lower>() = gram;
    factor.diagonal().array() += lambda;
    if (lambda > 0.0 && dense::cholesky(factor)) {
      invert_lower(factor);
      ranks.push_back(static_cast<double>(n) - lambda * squared_norm_of_lower(factor));
    } else {
      ranks.push_back(soft_rank_by_eigenvalues(gram, lambda));
    }
  }
  return ranks;
}

}  // namespace flatsweep::measure
