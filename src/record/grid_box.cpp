#include "record/grid_box.hpp"

#include <algorithm>
#include <numeric>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::record {

std::vector<GridBox> boxes(std::uint64_t first, std::uint64_t rows, std::span<const std::uint64_t> shape) {
  const std::size_t axes = shape.size();
  std::vector<std::uint64_t> stride(axes, 1);
  for (std::size_t k = axes - 1; k > 0; --k) stride[k - 1] = stride[k] * shape[k];
  expects(first + rows <= stride[0] * shape[0]);

  std::vector<GridBox> covering;
  for (std::uint64_t at = first, end = first + rows; at < end; at += covering.back().rows) {
    std::size_t axis = 0;  // the slowest one of which a whole step fits here
    while (at % stride[axis] != 0 || at + stride[axis] > end) ++axis;
    const std::uint64_t position = at / stride[axis] % shape[axis];
    const std::uint64_t steps = std::min((end - at) / stride[axis], shape[axis] - position);

    GridBox box{std::vector<hsize_t>(axes), std::vector<hsize_t>(axes, 1), steps * stride[axis]};
    for (std::size_t k = 0; k < axes; ++k) box.start[k] = at / stride[k] % shape[k];
    box.count[axis] = steps;
    for (std::size_t k = axis + 1; k < axes; ++k) box.count[k] = shape[k];
    covering.push_back(std::move(box));
  }
  return covering;
}

}  // namespace flatsweep::record
