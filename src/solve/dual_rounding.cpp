#include "flatsweep/solve/dual_rounding.hpp"

#include <numeric>
#include <vector>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {
namespace {

/// As many rows of `basis` (n x k) as it has columns, independent ones.
std::vector<Index> independent_rows(const Matrix& basis) {
  std::vector<Index> rows(static_cast<std::size_t>(basis.cols()));
  if (basis.rows() == basis.cols()) {
    std::iota(rows.begin(), rows.end(), Index{0});
    return rows;
  }
  Matrix transposed = basis.transpose();
  Vector scales(transposed.rows());
  Eigen::VectorXi order(transposed.cols());
  dense::factor_pivoted_qr(transposed, scales, order);
  std::copy_n(order.data(), rows.size(), rows.begin());
  return rows;
}

}  // namespace

void round_dual(const MatrixView& activations, std::span<const Index> columns, const VectorView& costs,
                Eigen::Ref<Vector> dual) {
  const Matrix basis = activations(Eigen::all, columns);
  const std::vector<Index> moving = independent_rows(basis);
  const Index k = basis.cols();
  Matrix orthogonal = basis(moving, Eigen::all).transpose();
  Vector scales(k);
  dense::factor_qr(orthogonal, scales);
  const Matrix upper = orthogonal.triangularView<Eigen::Upper>();
  dense::form_orthogonal_factor(orthogonal, scales);

  // nu + remainder solves the system to about twice the working precision.
  Vector entries = dual(moving);
  Vector remainder = Vector::Zero(k);
  Vector image(k);
  for (int refinement = 0; refinement < 3; ++refinement) {
    entries += remainder;
    dual(moving) = entries;
    extended_transposed_product(basis, dual, image);
    remainder = upper.triangularView<Eigen::Upper>().solve(orthogonal.transpose() * (costs - image));
  }
  Vector error = Vector::Zero(k);  // rounded minus exact
  for (Index i = k - 1; i >= 0; --i) {
    const double absorbed = upper.row(i).tail(k - 1 - i).dot(error.tail(k - 1 - i)) / upper(i, i);
    const double change = remainder(i) - absorbed;
    const double rounded = entries(i) + change;
    error(i) = (rounded - entries(i)) - remainder(i);
    entries(i) = rounded;
  }
  dual(moving) = entries;
}

}  // namespace flatsweep::solve
