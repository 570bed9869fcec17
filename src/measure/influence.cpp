#include "flatsweep/measure/influence.hpp"

#include <cmath>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "measure/neurons.hpp"

namespace flatsweep::measure {

Vector response(const VectorView& outer_weights, const VectorView& kappa, double exponent) {
  expects(exponent > 1.0);
  Vector result = Vector::Zero(kappa.size());
  for (Index j = 0; j < kappa.size(); ++j)
    if (kappa(j) > 0.0)
      result(j) = std::pow(std::abs(outer_weights(j)), 2.0 - exponent) / (exponent * (exponent - 1.0) * kappa(j));
  return result;
}

Influence influence(const MatrixView& activations, const VectorView& response, const VectorView& dual, double ridge) {
  const auto n = static_cast<double>(dual.size());
  Matrix factor = Matrix::Zero(dual.size(), dual.size());  // M + mu I
  const Matrix weighted = activations * response.cwiseSqrt().asDiagonal();
  dense::symmetric_product(1.0, weighted, 0.0, factor);
  factor.diagonal().array() += ridge;
  if (!dense::cholesky(factor)) return {};
  Matrix inverse = Matrix::Identity(dual.size(), dual.size());
  dense::solve_lower(factor, inverse);
  const Vector diagonal = inverse.colwise().squaredNorm().transpose();  // of (M + mu I)^-1
  const double mean = diagonal.mean();
  return {.degrees_of_freedom = n - ridge * diagonal.sum(),
          .gcv_loss = dual.squaredNorm() / n / (mean * mean),
          .loo_loss = dual.cwiseQuotient(diagonal).squaredNorm() / n};
}

Influence influence_of_support(const MatrixView& activations, const VectorView& outer_weights,
                               const VectorView& residuals, bool has_penalty) {
  const std::vector<Index> support = nonzero_entries(outer_weights);
  const auto n = static_cast<double>(residuals.size());
  const auto k = static_cast<double>(support.size());
  Influence result{.degrees_of_freedom = k};
  if (!has_penalty || k >= n) return result;
  Matrix whitened = activations(Eigen::all, support).transpose();  // then L^-1 S_B', where L L' = S_B'S_B
  Vector leverage = Vector::Zero(residuals.size());
  if (!support.empty()) {
    Matrix factor = Matrix::Zero(whitened.rows(), whitened.rows());
    dense::symmetric_product(1.0, whitened, 0.0, factor);
    if (!dense::cholesky(factor)) return result;
    dense::solve_lower(factor, whitened);
    leverage = whitened.colwise().squaredNorm().transpose();
  }
  const double share = 1.0 - k / n;
  result.gcv_loss = residuals.squaredNorm() / n / (share * share);
  result.loo_loss = (residuals.array() / (1.0 - leverage.array())).matrix().squaredNorm() / n;
  return result;
}

}  // namespace flatsweep::measure
