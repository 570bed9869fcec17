#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "record/hdf5.hpp"

namespace flatsweep::record {

/// A box of the grid that is one contiguous stretch of row-major indices.
struct GridBox {
  std::vector<hsize_t> start;
  std::vector<hsize_t> count;
  std::uint64_t rows;
};

/// The rows first, ..., first + rows - 1 of a grid of this shape, as boxes in order.
std::vector<GridBox> boxes(std::uint64_t first, std::uint64_t rows, std::span<const std::uint64_t> shape);

}  // namespace flatsweep::record
