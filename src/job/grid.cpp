#include "flatsweep/job/grid.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/core/contract.hpp"
#include "job/axis_table.hpp"
#include "job/grid_rules.hpp"

namespace flatsweep::job {

Grid::Grid(AxisValues values) : values_(std::move(values)) {
  check_axes(values_);
  check_product(values_);
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) { axis_sizes_[position++] = (values_.*axis.values).size(); });
  for (const std::uint64_t size : axis_sizes_) size_ *= size;
}

Configuration Grid::operator[](ConfigurationId id) const {
  expects(value(id) < size_);
  std::array<std::size_t, axis_count> at{};
  std::uint64_t rest = value(id);
  for (std::size_t axis = axis_count; axis-- > 0; rest /= axis_sizes_[axis])
    at[axis] = rest % axis_sizes_[axis];

  const double sample_ratio = values_.sample_ratio[at[5]];
  const double width_ratio = values_.width_ratio[at[6]];
  const Index d = values_.d[at[7]];
  const double samples = rounded_count(sample_ratio, static_cast<double>(d));
  return {.id = id,
          .activation = values_.activation[at[0]],
          .link = values_.link[at[1]],
          .interpolator = values_.interpolator[at[2]],
          .indices = values_.indices[at[3]],
          .noise = values_.noise[at[4]],
          .sample_ratio = sample_ratio,
          .width_ratio = width_ratio,
          .d = d,
          .seed = values_.seed[at[8]],
          .gamma = values_.gamma[at[9]],
          .samples = static_cast<Index>(samples),
          .width = static_cast<Index>(rounded_count(width_ratio, samples))};
}

std::vector<Axis> Grid::axes() const {
  std::vector<Axis> axes;
  for_each_axis([&](const auto& axis) {
    axes.push_back({std::string(axis.name), std::string(axis.long_name), std::string(axis.units),
                    coordinates(values_.*axis.values)});
  });
  return axes;
}

Index Grid::largest_width() const { return static_cast<Index>(largest_sizes(values_).width); }

}  // namespace flatsweep::job
