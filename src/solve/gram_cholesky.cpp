#include "flatsweep/solve/gram_cholesky.hpp"

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/solve/inverse_norm.hpp"

namespace flatsweep::solve {
namespace {

constexpr double safe_condition = 1e11;

}  // namespace

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
  if (!(trace * estimate_inverse_norm(gram.rows(), solve, solve) < safe_condition)) return std::nullopt;
  return gram;
}

}  // namespace flatsweep::solve
