#include "flatsweep/measure/weights.hpp"

#include <algorithm>
#include <limits>

#include "measure/gram_tiles.hpp"

namespace flatsweep::measure {

WeightSummary summarise(VectorView outer_weights) {
  const auto magnitude = outer_weights.array().abs();
  const double max = outer_weights.size() > 0 ? magnitude.maxCoeff() : 0.0;
  const auto support = (magnitude > 1e-9 * max).count();
  return {magnitude.sum(), outer_weights.norm(), max, static_cast<double>(support)};
}

double overlap(MatrixView inner_weights) {
  if (inner_weights.rows() < 2) return std::numeric_limits<double>::quiet_NaN();
  double largest = 0.0;
  for_each_gram_tile(inner_weights, [&](Index row, Index column, Eigen::Ref<Matrix> tile) {
    if (row == column) tile.diagonal().setZero();
    largest = std::max(largest, tile.cwiseAbs().maxCoeff());
  });
  return largest;
}

}  // namespace flatsweep::measure
