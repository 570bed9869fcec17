#include "flatsweep/measure/best_loss.hpp"

#include <algorithm>
#include <limits>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/measure/arc_cosine_kernel.hpp"
#include "flatsweep/measure/target_moments.hpp"
#include "measure/pivoted_cholesky.hpp"

namespace flatsweep::measure {
namespace {

/// A lower bound on the largest eigenvalue from the lower triangle of K: sum lambda^2 / sum lambda.
double dominant_eigenvalue(const Matrix& k) {
  double squares = k.diagonal().squaredNorm();
  for (Index j = 0; j < k.cols(); ++j) squares += 2.0 * k.col(j).tail(k.rows() - j - 1).squaredNorm();
  return squares / k.trace();
}

}  // namespace

double best_loss(const sample::Teacher& teacher, MatrixView inner_weights, const StopRequest& stop) {
  if (teacher.link.kind() == model::Link::Kind::quadratic_form)
    return std::numeric_limits<double>::quiet_NaN();
  const model::PiecewisePower& sigma = teacher.activation.power();
  const ArcCosineKernel kernel(sigma, sigma);
  const Index m = inner_weights.rows();
  Matrix k(m, m);
  dense::symmetric_product(1.0, inner_weights, 0.0, k);
  for (Index j = 0; j < m; ++j) {
    stop.check();
    kernel.apply(k.col(j).tail(m - j));
  }
  const PivotedCholesky factor = factor_with_pivoting(k, 1e-12 * dominant_eigenvalue(k), stop);
  Vector v = target_projection(teacher, inner_weights)(factor.pivots);
  auto leading = v.head(factor.rank);
  dense::solve_lower(k.topLeftCorner(factor.rank, factor.rank), leading);
  const double target_power = target_moments(teacher).power();
  return std::clamp(target_power - leading.squaredNorm(), 0.0, target_power);
}

}  // namespace flatsweep::measure
