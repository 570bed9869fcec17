#pragma once

#include <algorithm>
#include <vector>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// Return the indices j with v_j != 0, ascending.
std::vector<Index> nonzero_entries(const VectorView& vector);

/// The neurons of a network that contribute: those with a_j != 0, m' of them.
struct ActiveNeurons {
  Matrix inner_weights;  ///< m' x d
  Vector outer_weights;  ///< m'
};

/// Copy the neurons with a_j != 0.
/// @param inner_weights W, m x d
/// @param outer_weights a, m
ActiveNeurons select_active(const MatrixView& inner_weights, const VectorView& outer_weights);

/// Call visit(row, column, tile) for every tile of the lower triangle of W W', with tile = rows row, ... and
/// columns column, ... of W W'; tiles on the diagonal are full squares. Memory: one tile.
/// @param rows W, m x d
template <typename Visit>
void for_each_gram_tile(const MatrixView& rows, Visit&& visit) {
  constexpr Index tile_size = 192;  // a tile is 288 KiB: it stays in the second-level cache
  const Index count = rows.rows();
  Matrix scratch(std::min(tile_size, count), std::min(tile_size, count));
  for (Index column = 0; column < count; column += tile_size) {
    const Index width = std::min(tile_size, count - column);
    for (Index row = column; row < count; row += tile_size) {
      const Index height = std::min(tile_size, count - row);
      auto tile = scratch.topLeftCorner(height, width);
      tile.noalias() = rows.middleRows(row, height) * rows.middleRows(column, width).transpose();
      visit(row, column, Eigen::Ref<Matrix>(tile));
    }
  }
}

}  // namespace flatsweep::measure
