#include "measure/pivoted_cholesky.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {
namespace {

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
