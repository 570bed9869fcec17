#include "flatsweep/solve/dual_rounding.hpp"

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/extended_product.hpp"

namespace flatsweep::solve {

void round_dual(const MatrixView& activations, std::span<const Index> columns, const VectorView& costs,
                Eigen::Ref<Vector> dual) {
  const Index n = activations.rows();
  const Matrix basis = activations(Eigen::all, columns);
  Matrix orthogonal = basis.transpose();
  Vector scales(n);
  dense::factor_qr(orthogonal, scales);
  const Matrix upper = orthogonal.triangularView<Eigen::Upper>();
  dense::form_orthogonal_factor(orthogonal, scales);

  // nu + remainder solves the system to about twice the working precision.
  Vector remainder = Vector::Zero(n);
  Vector image(n);
  for (int refinement = 0; refinement < 3; ++refinement) {
    dual += remainder;
    extended_transposed_product(basis, dual, image);
    remainder = upper.triangularView<Eigen::Upper>().solve(orthogonal.transpose() * (costs - image));
  }
  Vector error = Vector::Zero(n);  // rounded minus exact
  for (Index i = n - 1; i >= 0; --i) {
    const double absorbed = upper.row(i).tail(n - 1 - i).dot(error.tail(n - 1 - i)) / upper(i, i);
    const double change = remainder(i) - absorbed;
    const double rounded = dual(i) + change;
    error(i) = (rounded - dual(i)) - remainder(i);
    dual(i) = rounded;
  }
}

}  // namespace flatsweep::solve
