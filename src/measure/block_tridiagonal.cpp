#include "measure/block_tridiagonal.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <vector>

namespace flatsweep::measure {
namespace {

constexpr Index width = 64;

/// T (upper) of the product I - V T V' of Householder reflectors I - tau_i v_i v_i' (Schreiber & Van Loan
/// 1989).
Matrix compact_factor(const Matrix& reflectors, const Vector& scales) {
  const Matrix products = reflectors.transpose() * reflectors;
  Matrix factor = Matrix::Zero(scales.size(), scales.size());
  for (Index i = 0; i < scales.size(); ++i) {
    factor(i, i) = scales(i);
    const Vector scaled = -scales(i) * products.col(i).head(i);
    factor.col(i).head(i) = factor.topLeftCorner(i, i).triangularView<Eigen::Upper>() * scaled;
  }
  return factor;
}

/// panel = Q R with R in its upper triangle; C := Q'C Q in the lower triangle of the trailing C.
void eliminate(Eigen::Ref<Matrix> panel, Eigen::Ref<Matrix> trailing) {
  const Eigen::HouseholderQR<Eigen::Ref<Matrix>> decomposition(panel);
  Matrix reflectors = panel.triangularView<Eigen::StrictlyLower>();
  reflectors.diagonal().setOnes();
  const Matrix factor = compact_factor(reflectors, decomposition.hCoeffs());
  // With Y = C V T and Z = Y - V (T'V'Y)/2: Q'C Q = C - V Z' - Z V'.
  const Matrix scaled = reflectors * factor.triangularView<Eigen::Upper>();
  Matrix left(trailing.rows(), 2 * width), right(trailing.rows(), 2 * width);
  auto update = left.rightCols(width);
  update.noalias() = trailing.selfadjointView<Eigen::Lower>() * scaled;
  const Matrix correction = 0.5 * (scaled.transpose() * update);
  update.noalias() -= reflectors * correction;
  left.leftCols(width) = reflectors;
  right << update, reflectors;
  trailing.triangularView<Eigen::Lower>() -= left * right.transpose();
}

}  // namespace

BlockTridiagonal::BlockTridiagonal(MatrixView symmetric, const StopRequest& stop) : blocks_(symmetric) {
  const Index n = symmetric.rows();
  for (Index first = 0; n - first > 2 * width; first += width) {
    stop.check();
    const Index behind = n - first - width;
    eliminate(blocks_.block(first + width, first, behind, width), blocks_.bottomRightCorner(behind, behind));
    blocks_.block(first + width, first, width, width).triangularView<Eigen::StrictlyLower>().setZero();
  }
}

Index BlockTridiagonal::block_count() const { return (blocks_.rows() + width - 1) / width; }

Index BlockTridiagonal::block_size(Index block) const {
  return std::min(width, blocks_.rows() - block * width);
}

/// Block elimination D_0 = A_00, D_(i+1) = A_(i+1,i+1) - E_i D_i^-1 E_i', then the diagonal blocks of the
/// inverse from the last to the first: X_i = D_i^-1 + K_i X_(i+1) K_i', K_i = D_i^-1 E_i'.
std::optional<double> BlockTridiagonal::inverse_trace(double shift) const {
  const Index count = block_count();
  std::vector<Eigen::LLT<Matrix>> factors(static_cast<std::size_t>(count));
  std::vector<Matrix> coupling(static_cast<std::size_t>(count));  // K_i
  Matrix schur;                                                   // E_i D_i^-1 E_i'
  for (Index i = 0; i < count; ++i) {
    const Index size = block_size(i), start = i * width;
    Matrix diagonal = blocks_.block(start, start, size, size);
    diagonal.diagonal().array() += shift;
    if (i > 0) diagonal -= schur;
    auto& factor = factors[static_cast<std::size_t>(i)];
    factor.compute(diagonal);
    if (factor.info() != Eigen::Success) return std::nullopt;
    if (i + 1 == count) break;
    const auto below = blocks_.block(start + width, start, block_size(i + 1), size);
    coupling[static_cast<std::size_t>(i)] = factor.solve(below.transpose());
    schur.noalias() = below * coupling[static_cast<std::size_t>(i)];
  }
  double trace = 0.0;
  Matrix inverse;  // X_(i+1)
  for (Index i = count; i-- > 0;) {
    const Matrix& k = coupling[static_cast<std::size_t>(i)];
    Matrix own = factors[static_cast<std::size_t>(i)].solve(Matrix::Identity(block_size(i), block_size(i)));
    if (i + 1 < count) own.noalias() += k * (inverse * k.transpose());
    trace += own.trace();
    inverse.swap(own);
  }
  return trace;
}

}  // namespace flatsweep::measure
