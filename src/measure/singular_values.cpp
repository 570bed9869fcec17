#include "flatsweep/measure/singular_values.hpp"

#include <cmath>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/dense_kernels.hpp"
#include "measure/lanczos.hpp"

namespace flatsweep::measure {
namespace {

/// Smallest singular value of the triangular L, from the largest eigenvalue of (L L')^-1.
double smallest_singular_value(MatrixView lower, const StopRequest& stop) {
  if ((lower.diagonal().array() == 0.0).any()) return 0.0;
  const auto apply = [&](const Vector& x, Eigen::Ref<Vector> y) {
    y = x;
    lower.triangularView<Eigen::Lower>().solveInPlace(y);
    lower.transpose().triangularView<Eigen::Upper>().solveInPlace(y);
  };
  return 1.0 / std::sqrt(largest_eigenvalue(lower.rows(), apply, stop));
}

double largest_singular_value(const Matrix& gram, const StopRequest& stop) {
  const auto apply = [&](const Vector& x, Eigen::Ref<Vector> y) {
    y.noalias() = gram.selfadjointView<Eigen::Lower>() * x;
  };
  return std::sqrt(largest_eigenvalue(gram.rows(), apply, stop));
}

/// L of wide = L Q, square.
Matrix lower_factor(MatrixView wide) {
  Matrix factored = wide.transpose();
  const Index n = wide.rows();
  Vector reflector_scales(n);
  dense::factor_qr(factored, reflector_scales);
  Matrix lower = Matrix::Zero(n, n);
  lower.triangularView<Eigen::Lower>() = factored.topRows(n).transpose();
  return lower;
}

SingularRange singular_range_of_wide(MatrixView wide, const StopRequest& stop) {
  constexpr double largest_condition = 3e3;
  Matrix gram(wide.rows(), wide.rows());
  dense::symmetric_product(1.0, wide, 0.0, gram);
  stop.check();
  if (gram.trace() == 0.0) return {0.0, 0.0};
  const double max = largest_singular_value(gram, stop);
  if (dense::cholesky(gram)) {
    const double min = smallest_singular_value(gram, stop);
    if (max <= largest_condition * min) return {max, min};
  }
  stop.check();
  return {max, smallest_singular_value(lower_factor(wide), stop)};
}

}  // namespace

SingularRange singular_range(MatrixView activations, const StopRequest& stop) {
  expects(activations.size() > 0);
  if (activations.rows() <= activations.cols()) return singular_range_of_wide(activations, stop);
  return singular_range_of_wide(activations.transpose().eval(), stop);
}

}  // namespace flatsweep::measure
