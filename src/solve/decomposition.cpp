#include "solve/decomposition.hpp"

#include <cmath>
#include <optional>
#include <utility>

#include "solve/numerics.hpp"

namespace flatsweep::solve {
namespace {

/// Whether the condition of a triangle is far below 1/tolerance.
bool certainly_regular(const Matrix& lower, double tolerance) {
  if ((lower.diagonal().array() == 0.0).any()) return false;
  const double norm = lower.cwiseAbs().colwise().sum().maxCoeff();
  const double inverse_norm = estimate_inverse_norm(
      lower.rows(), [&](Vector& x) { lower.triangularView<Eigen::Lower>().solveInPlace(x); },
      [&](Vector& x) { lower.triangularView<Eigen::Lower>().transpose().solveInPlace(x); });
  return norm * inverse_norm * tolerance < tuning.rank.doubtful_condition;
}

/// Return an orthonormal basis (s x k) of the numerical range of a square matrix.
Matrix range_basis(Matrix square, double tolerance) {
  Vector scales(square.cols());
  Eigen::VectorXi order(square.cols());
  dense::factor_pivoted_qr(square, scales, order);
  const double threshold = tolerance * std::abs(square(0, 0));
  Index rank = 0;
  while (rank < square.cols() && std::abs(square(rank, rank)) > threshold) ++rank;
  Matrix basis = square.leftCols(rank);
  dense::form_orthogonal_factor(basis, scales.head(rank));
  return basis;
}

}  // namespace

ThinQr thin_qr(Matrix a) {
  Vector scales(a.cols());
  dense::factor_qr(a, scales);
  Matrix upper = a.topRows(a.cols()).triangularView<Eigen::Upper>();
  dense::form_orthogonal_factor(a, scales);
  return {std::move(a), std::move(upper)};
}

std::optional<Matrix> gram_cholesky(const MatrixView& activations) {
  Matrix gram(activations.rows(), activations.rows());
  dense::symmetric_product(1.0, activations, 0.0, gram);
  const double trace = gram.trace();
  if (!dense::cholesky(gram)) return std::nullopt;
  gram.triangularView<Eigen::StrictlyUpper>().setZero();
  const auto solve = [&](Vector& x) {
    gram.triangularView<Eigen::Lower>().solveInPlace(x);
    gram.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  };
  const double condition = trace * estimate_inverse_norm(gram.rows(), solve, solve);
  if (!(condition < tuning.ladder.safe_gram_condition)) return std::nullopt;
  return gram;
}

OrthogonalDecomposition::OrthogonalDecomposition(const MatrixView& activations, const StopRequest& stop,
                                                 double tolerance) {
  if (activations.rows() > activations.cols()) {
    ThinQr outer = thin_qr(activations);
    stop.check();
    row_space_ = decompose_core(std::move(outer.upper), tolerance).transpose();
    range_ = outer.orthonormal * range_;
    return;
  }
  const bool done = decompose_gram(activations);
  stop.check();
  if (done) return;
  ThinQr outer = thin_qr(activations.transpose());
  stop.check();
  outer.upper.transposeInPlace();
  if (certainly_regular(outer.upper, tolerance)) {
    lower_ = std::move(outer.upper);
    row_space_ = outer.orthonormal.transpose();
  } else {
    const Matrix basis = decompose_core(std::move(outer.upper), tolerance);
    row_space_.noalias() = basis.transpose() * outer.orthonormal.transpose();
  }
}

/// @return false if the Gram matrix does not prove S regular
bool OrthogonalDecomposition::decompose_gram(const MatrixView& activations) {
  std::optional<Matrix> lower = gram_cholesky(activations);
  if (!lower) return false;
  lower_ = *std::move(lower);
  row_space_ = activations;
  dense::solve_lower(lower_, row_space_);
  return true;
}

/// Set Z and L of a square matrix C = Z L V'.
/// @return V
Matrix OrthogonalDecomposition::decompose_core(Matrix core, double tolerance) {
  range_ = range_basis(core, tolerance);
  core = core.transpose() * range_;
  ThinQr inner = thin_qr(std::move(core));
  lower_ = inner.upper.transpose();
  return std::move(inner.orthonormal);
}

Vector OrthogonalDecomposition::reduced_labels(const VectorView& labels) const {
  if (has_full_row_rank()) return lower_.triangularView<Eigen::Lower>().solve(labels);
  return lower_.triangularView<Eigen::Lower>().solve(range_.transpose() * labels);
}

Vector OrthogonalDecomposition::lifted_dual(const VectorView& reduced_dual) const {
  const Vector lifted = lower_.transpose().triangularView<Eigen::Upper>().solve(reduced_dual);
  return has_full_row_rank() ? lifted : Vector(range_ * lifted);
}

double OrthogonalDecomposition::range_residual(const VectorView& labels) const {
  if (has_full_row_rank()) return 0.0;
  Vector outside = labels - range_ * (range_.transpose() * labels);
  outside -= range_ * (range_.transpose() * outside);
  return outside.norm() / labels.norm();
}

}  // namespace flatsweep::solve
