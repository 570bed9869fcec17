#include "flatsweep/measure/excess_loss.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/measure/active_neurons.hpp"
#include "flatsweep/measure/arc_cosine_kernel.hpp"
#include "flatsweep/measure/target_moments.hpp"
#include "measure/gram_tiles.hpp"

namespace flatsweep::measure {
namespace {

/// a'Ka.
double network_power(const ArcCosineKernel& kernel, const ActiveNeurons& active) {
  const Vector& a = active.outer_weights;
  double sum = 0.0;
  for_each_gram_tile(active.inner_weights, [&](Index row, Index column, Eigen::Ref<Matrix> tile) {
    kernel.apply(tile);
    double part = 0.0;
    for (Index j = 0; j < tile.cols(); ++j)
      part += a(column + j) * tile.col(j).dot(a.segment(row, tile.rows()));
    sum += row == column ? part : 2.0 * part;
  });
  return sum;
}

}  // namespace

ExcessLoss excess_loss(const sample::Teacher& teacher, MatrixView inner_weights, VectorView outer_weights) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (teacher.link.kind() == model::Link::Kind::quadratic_form) return {nan, nan};
  const model::PiecewisePower& sigma = teacher.activation.power();
  const ArcCosineKernel kernel(sigma, sigma);
  const ActiveNeurons active = select_active(inner_weights, outer_weights);
  const double target_power = target_moments(teacher).power();
  const double overlap = active.outer_weights.dot(target_projection(teacher, active.inner_weights));
  const double value = network_power(kernel, active) - 2.0 * overlap + target_power;
  const double scale = active.outer_weights.lpNorm<1>() * std::sqrt(kernel(1.0)) + std::sqrt(target_power);
  return {std::max(value, 0.0), 16.0 * std::numeric_limits<double>::epsilon() * scale * scale};
}

}  // namespace flatsweep::measure
