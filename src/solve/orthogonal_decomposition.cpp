#include "flatsweep/solve/orthogonal_decomposition.hpp"

#include <algorithm>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/inverse_norm.hpp"

namespace flatsweep::solve {

namespace {

constexpr double rank_tolerance = 1e-12;

/// Above this estimate of its condition number the diagonal of a triangle says nothing certain of its rank.
constexpr double doubtful_condition = 1e10;

struct Factors {
  Matrix orthonormal;  // p x k
  Matrix upper;        // k x k
};

/// a = orthonormal upper, for a p x k matrix with p >= k.
Factors factor(Matrix a) {
  Vector scales(a.cols());
  dense::factor_qr(a, scales);
  Matrix upper = a.topRows(a.cols()).triangularView<Eigen::Upper>();
  dense::form_orthogonal_factor(a, scales);
  return {std::move(a), std::move(upper)};
}

bool certainly_regular(const Matrix& lower) {
  if ((lower.diagonal().array() == 0.0).any()) return false;
  const double norm = lower.cwiseAbs().colwise().sum().maxCoeff();
  const double inverse_norm = estimate_inverse_norm(
      lower.rows(), [&](Vector& x) { lower.triangularView<Eigen::Lower>().solveInPlace(x); },
      [&](Vector& x) { lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x); });
  return norm * inverse_norm < doubtful_condition;
}

/// Orthonormal basis (s x k) of the numerical range of a square matrix.
Matrix range_basis(Matrix square) {
  Vector scales(square.cols());
  Eigen::VectorXi order(square.cols());
  dense::factor_pivoted_qr(square, scales, order);
  const double threshold = rank_tolerance * std::abs(square(0, 0));
  Index rank = 0;
  while (rank < square.cols() && std::abs(square(rank, rank)) > threshold) ++rank;
  Matrix basis = square.leftCols(rank);
  dense::form_orthogonal_factor(basis, scales.head(rank));
  return basis;
}

}  // namespace

OrthogonalDecomposition::OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop) {
  const bool wide = activations.rows() <= activations.cols();
  Factors outer = wide ? factor(activations.transpose()) : factor(activations);
  stop.check();
  // Square core C with S = C Q_1' (wide) or S = Q_1 C (tall).
  const Matrix core = wide ? Matrix(outer.upper.transpose()) : outer.upper;
  if (wide && certainly_regular(core)) {
    range_ = Matrix::Identity(core.rows(), core.rows());
    lower_ = core;
    row_space_ = outer.orthonormal.transpose();
    return;
  }
  const Matrix core_range = range_basis(core);
  stop.check();
  const Factors inner = factor(core.transpose() * core_range);  // C = Z_c L V' with L = upper'
  lower_ = inner.upper.transpose();
  if (wide) {
    range_ = core_range;
    row_space_ = (outer.orthonormal * inner.orthonormal).transpose();
  } else {
    range_ = outer.orthonormal * core_range;
    row_space_ = inner.orthonormal.transpose();
  }
}

Vector OrthogonalDecomposition::reduced_labels(const VectorView& labels) const {
  return lower_.triangularView<Eigen::Lower>().solve(range_.transpose() * labels);
}

Vector OrthogonalDecomposition::lifted_dual(const VectorView& reduced_dual) const {
  return range_ * lower_.transpose().triangularView<Eigen::Upper>().solve(reduced_dual);
}

double OrthogonalDecomposition::range_residual(const VectorView& labels) const {
  Vector outside = labels - range_ * (range_.transpose() * labels);
  outside -= range_ * (range_.transpose() * outside);
  return outside.norm() / labels.norm();
}

}  // namespace flatsweep::solve
