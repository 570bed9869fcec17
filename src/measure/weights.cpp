#include "flatsweep/measure/weights.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "measure/neurons.hpp"

namespace flatsweep::measure {

std::vector<Index> nonzero_entries(const VectorView& vector) {
  std::vector<Index> entries;
  for (Index j = 0; j < vector.size(); ++j)
    if (vector(j) != 0.0) entries.push_back(j);
  return entries;
}

ActiveNeurons select_active(const MatrixView& inner_weights, const VectorView& outer_weights) {
  expects(inner_weights.rows() == outer_weights.size());
  const std::vector<Index> neurons = nonzero_entries(outer_weights);
  return {inner_weights(neurons, Eigen::indexing::all), outer_weights(neurons)};
}

WeightSummary summarise(const VectorView& outer_weights) {
  const auto magnitude = outer_weights.array().abs();
  const double max = outer_weights.size() > 0 ? magnitude.maxCoeff() : 0.0;
  const auto support = (magnitude > 1e-9 * max).count();
  return {magnitude.sum(), outer_weights.norm(), max, static_cast<double>(support)};
}

double overlap(const MatrixView& inner_weights) {
  if (inner_weights.rows() < 2) return not_a_number;
  double largest = 0.0;
  for_each_gram_tile(inner_weights, [&](Index row, Index column, Eigen::Ref<Matrix> tile) {
    if (row == column) tile.diagonal().setZero();
    largest = std::max(largest, tile.cwiseAbs().maxCoeff());
  });
  return largest;
}

}  // namespace flatsweep::measure
