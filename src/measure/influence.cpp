#include "flatsweep/measure/influence.hpp"

#include <cmath>
#include <utility>
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
  Matrix gram = Matrix::Zero(dual.size(), dual.size());
  const Matrix weighted = activations * response.cwiseSqrt().asDiagonal();
  dense::symmetric_product(1.0, weighted, 0.0, gram);
  return influence_of_gram(std::move(gram), dual, ridge);
}

Influence influence_of_gram(Matrix gram, const VectorView& dual, double ridge) {
  const auto n = static_cast<double>(dual.size());
  gram.diagonal().array() += ridge;
  if (!dense::cholesky(gram)) return {};
  Matrix inverse = Matrix::Identity(dual.size(), dual.size());
  dense::solve_lower(gram, inverse);
  const Vector diagonal = inverse.colwise().squaredNorm().transpose();  // of (M + mu I)^-1
  const double mean = diagonal.mean();
  return {.degrees_of_freedom = n - ridge * diagonal.sum(),
          .gcv_loss = dual.squaredNorm() / n / (mean * mean),
          .loo_loss = dual.cwiseQuotient(diagonal).squaredNorm() / n,
          .takeuchi = 2.0 / n * ((ridge * dual.array()).square() * (1.0 - ridge * diagonal.array())).sum()};
}

Influence influence_of_support(const MatrixView& activations, const VectorView& outer_weights,
                               const VectorView& residuals, bool has_penalty) {
  const std::vector<Index> support = nonzero_entries(outer_weights);
  const auto n = static_cast<double>(residuals.size());
  const auto k = static_cast<double>(support.size());
  Influence result{.degrees_of_freedom = k};
  if (!has_penalty || k >= n) return result;
  Matrix whitened = activations(Eigen::indexing::all, support).transpose();  // then L^-1 S_B', where L L' = S_B'S_B
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
  result.takeuchi = 2.0 / n * (residuals.array().square() * leverage.array()).sum();
  return result;
}

}  // namespace flatsweep::measure
