#include "measure/linear_algebra.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {
namespace {

/// Return a vector of pseudorandom entries (splitmix64), as no eigenvector should be orthogonal to it.
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

/// An eigenvalue of the projected matrix.
struct RitzValue {
  double value;
  double residual;  ///< ||A x - value x|| of its Ritz vector x
};

/// Return the largest Ritz value of the tridiagonal matrix (steps x steps) and its residual, which the last
/// entry of `off_diagonal` (`steps` numbers) scales.
RitzValue largest_ritz_value(const Vector& diagonal, const Vector& off_diagonal, Index steps) {
  Eigen::SelfAdjointEigenSolver<Matrix> solver;
  solver.computeFromTridiagonal(diagonal.head(steps), off_diagonal.head(steps - 1));
  return {solver.eigenvalues()(steps - 1),
          std::abs(off_diagonal(steps - 1) * solver.eigenvectors()(steps - 1, steps - 1))};
}

constexpr Index block_width = 64;

/// Return T (upper triangle) of the product I - V T V' of Householder reflectors I - tau_i v_i v_i'
/// (Schreiber & Van Loan 1989).
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

/// Factor the panel into Q R, with R in its upper triangle, and replace the trailing C (lower triangle) by
/// Q'C Q.
void eliminate(Eigen::Ref<Matrix> panel, Eigen::Ref<Matrix> trailing) {
  const Eigen::HouseholderQR<Eigen::Ref<Matrix>> decomposition(panel);
  Matrix reflectors = panel.triangularView<Eigen::StrictlyLower>();
  reflectors.diagonal().setOnes();
  const Matrix factor = compact_factor(reflectors, decomposition.hCoeffs());
  // With Y = C V T and Z = Y - V (T'V'Y)/2: Q'C Q = C - V Z' - Z V'.
  const Matrix scaled = reflectors * factor.triangularView<Eigen::Upper>();
  Matrix left(trailing.rows(), 2 * block_width), right(trailing.rows(), 2 * block_width);
  auto update = left.rightCols(block_width);
  update.noalias() = trailing.selfadjointView<Eigen::Lower>() * scaled;
  const Matrix correction = 0.5 * (scaled.transpose() * update);
  update.noalias() -= reflectors * correction;
  left.leftCols(block_width) = reflectors;
  right << update, reflectors;
  trailing.triangularView<Eigen::Lower>() -= left * right.transpose();
}

/// Swap rows and columns i <= j of a symmetric matrix (lower triangle).
void swap_rows_and_columns(Eigen::Ref<Matrix> k, Index i, Index j) {
  if (i == j) return;
  const Index behind = k.rows() - j - 1;
  k.row(i).head(i).swap(k.row(j).head(i));
  std::swap(k(i, i), k(j, j));
  k.col(i).segment(i + 1, j - i - 1).swap(k.row(j).segment(i + 1, j - i - 1).transpose());
  k.col(i).tail(behind).swap(k.col(j).tail(behind));
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

BlockTridiagonal::BlockTridiagonal(const MatrixView& symmetric, const StopRequest& stop) : blocks_(symmetric) {
  const Index n = symmetric.rows();
  for (Index first = 0; n - first > 2 * block_width; first += block_width) {
    stop.check();
    const Index behind = n - first - block_width;
    eliminate(blocks_.block(first + block_width, first, behind, block_width),
              blocks_.bottomRightCorner(behind, behind));
    blocks_.block(first + block_width, first, block_width, block_width)
        .triangularView<Eigen::StrictlyLower>()
        .setZero();
  }
}

Index BlockTridiagonal::block_count() const { return (blocks_.rows() + block_width - 1) / block_width; }

Index BlockTridiagonal::block_size(Index block) const {
  return std::min(block_width, blocks_.rows() - block * block_width);
}

/// Block elimination D_0 = A_00, D_(i+1) = A_(i+1,i+1) - E_i D_i^-1 E_i', then the diagonal blocks of the
/// inverse from the last to the first: X_i = D_i^-1 + K_i X_(i+1) K_i', K_i = D_i^-1 E_i'.
std::optional<double> BlockTridiagonal::inverse_trace(double shift) const {
  const Index count = block_count();
  std::vector<Eigen::LLT<Matrix>> factors(static_cast<std::size_t>(count));
  std::vector<Matrix> coupling(static_cast<std::size_t>(count));  // K_i
  Matrix schur;                                                   // E_i D_i^-1 E_i'
  for (Index i = 0; i < count; ++i) {
    const Index size = block_size(i), start = i * block_width;
    Matrix diagonal = blocks_.block(start, start, size, size);
    diagonal.diagonal().array() += shift;
    if (i > 0) diagonal -= schur;
    auto& factor = factors[static_cast<std::size_t>(i)];
    factor.compute(diagonal);
    if (factor.info() != Eigen::Success) return std::nullopt;
    if (i + 1 == count) break;
    const auto below = blocks_.block(start + block_width, start, block_size(i + 1), size);
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

PivotedCholesky factor_with_pivoting(Eigen::Ref<Matrix> k, double tolerance, const StopRequest& stop) {
  constexpr Index panel_width = 32;
  const Index m = k.rows();
  PivotedCholesky result{std::vector<Index>(static_cast<std::size_t>(m)), m};
  std::iota(result.pivots.begin(), result.pivots.end(), Index{0});
  Vector remainder = k.diagonal();  // of the diagonal of K - L L', updated by column
  for (Index first = 0; first < m; first += panel_width) {
    stop.check();
    const Index end = std::min(m, first + panel_width);
    for (Index j = first; j < end; ++j) {
      Index offset = 0;
      const double largest = remainder.tail(m - j).maxCoeff(&offset);
      if (!(largest > tolerance)) {
        result.rank = j;
        return result;
      }
      if (remainder(j) >= largest / 16.0) offset = 0;
      swap_rows_and_columns(k, j, j + offset);
      std::swap(remainder(j), remainder(j + offset));
      std::swap(result.pivots[static_cast<std::size_t>(j)], result.pivots[static_cast<std::size_t>(j + offset)]);
      k(j, j) = std::sqrt(remainder(j));
      auto column = k.col(j).tail(m - j - 1);
      column.noalias() -= k.block(j + 1, first, m - j - 1, j - first) * k.row(j).segment(first, j - first).transpose();
      column /= k(j, j);
      remainder.tail(m - j - 1) -= column.cwiseAbs2();
    }
    dense::symmetric_product(-1.0, k.block(end, first, m - end, end - first), 1.0,
                             k.bottomRightCorner(m - end, m - end));
    remainder.tail(m - end) = k.diagonal().tail(m - end);
  }
  return result;
}

}  // namespace flatsweep::measure
