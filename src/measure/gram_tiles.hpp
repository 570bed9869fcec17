#pragma once

#include <algorithm>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::measure {

/// Calls visit(row, column, tile) for every tile of the lower triangle of W W', with tile = rows
/// row, ... and columns column, ... of W W'; tiles on the diagonal are full squares. One tile of scratch.
template <typename Visit>
void for_each_gram_tile(MatrixView rows, Visit&& visit) {
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
