#include "flatsweep/measure/losses.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/sample/sample.hpp"
#include "measure/kernels.hpp"
#include "measure/linear_algebra.hpp"
#include "measure/neurons.hpp"

namespace flatsweep::measure {
namespace {

/// Return a'Ka, with K_jk = k(w_j . w_k).
double network_power(const ArcCosineKernel& kernel, const ActiveNeurons& active) {
  const Vector& a = active.outer_weights;
  double sum = 0.0;
  for_each_gram_tile(active.inner_weights, [&](Index row, Index column, Eigen::Ref<Matrix> tile) {
    kernel.apply(tile);
    double part = 0.0;
    for (Index j = 0; j < tile.cols(); ++j) part += a(column + j) * tile.col(j).dot(a.segment(row, tile.rows()));
    sum += row == column ? part : 2.0 * part;
  });
  return sum;
}

/// Return a lower bound on the largest eigenvalue of K (m x m, lower triangle): sum lambda^2 / sum lambda.
double dominant_eigenvalue(const Matrix& k) {
  double squares = k.diagonal().squaredNorm();
  for (Index j = 0; j < k.cols(); ++j) squares += 2.0 * k.col(j).tail(k.rows() - j - 1).squaredNorm();
  return squares / k.trace();
}

}  // namespace

ExcessLoss excess_loss(const sample::Teacher& teacher, const MatrixView& inner_weights,
                       const VectorView& outer_weights) {
  if (teacher.link.is_quadratic_form()) return {not_a_number, not_a_number};
  const model::PiecewisePower& sigma = teacher.activation.power();
  const ArcCosineKernel kernel(sigma, sigma);
  const ActiveNeurons active = select_active(inner_weights, outer_weights);
  const double target_power = target_moments(teacher).power();
  const double overlap = active.outer_weights.dot(target_projection(teacher, active.inner_weights));
  const double value = network_power(kernel, active) - 2.0 * overlap + target_power;
  const double scale = active.outer_weights.lpNorm<1>() * std::sqrt(kernel(1.0)) + std::sqrt(target_power);
  return {std::max(value, 0.0), 16.0 * std::numeric_limits<double>::epsilon() * scale * scale};
}

double best_loss(const sample::Teacher& teacher, const MatrixView& inner_weights, const StopRequest& stop) {
  if (teacher.link.is_quadratic_form()) return not_a_number;
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

MonteCarloLoss monte_carlo_loss(const sample::Teacher& teacher, const MatrixView& inner_weights,
                                const VectorView& outer_weights, double noise, std::uint64_t seed, Index test_samples,
                                const StopRequest& stop) {
  expects(test_samples > 0);
  constexpr Index block_size = 256;
  const ActiveNeurons active = select_active(inner_weights, outer_weights);
  Matrix points(block_size, inner_weights.cols());
  Matrix activations(block_size, active.outer_weights.size());
  Vector squared_errors(test_samples);
  for (Index first = 0; first < test_samples; first += block_size) {
    stop.check();
    const Index count = std::min(block_size, test_samples - first);
    auto block = points.topRows(count);
    auto hidden = activations.topRows(count);
    sample::sample_test_points(seed, first, block);
    hidden.noalias() = block * active.inner_weights.transpose();
    teacher.activation.apply(hidden);
    auto errors = squared_errors.segment(first, count);
    errors = teacher.evaluate(block);
    errors.noalias() -= hidden * active.outer_weights;
    errors = errors.cwiseAbs2().eval();
  }
  const auto count = static_cast<double>(test_samples);
  const double mean = squared_errors.mean();
  const double variance =
      test_samples > 1 ? (squared_errors.array() - mean).square().sum() / (count - 1.0) : not_a_number;
  return {mean + noise * noise, std::sqrt(variance / count)};
}

}  // namespace flatsweep::measure
