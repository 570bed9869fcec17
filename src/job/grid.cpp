#include "flatsweep/job/grid.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/core/contract.hpp"
#include "job/axis_table.hpp"
#include "job/grid_rules.hpp"

namespace flatsweep::job {
namespace {

/// As the results file has it.
template <typename Value>
Axis shown(const AxisDescription<Value>& axis, const std::vector<Value>& values) {
  return {std::string(axis.name), std::string(axis.long_name), std::string(axis.units), coordinates(values)};
}

}  // namespace

Grid::Grid(AxisValues values) : values_(std::move(values)) {
  check_axes(values_);
  check_product(values_);
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) { axis_sizes_[position++] = (values_.*axis.values).size(); });
  for (const std::uint64_t size : axis_sizes_) size_ *= size;
}

Configuration Grid::operator[](ConfigurationId id) const {
  expects(value(id) < size_);
  Configuration configuration{
      .id = id, .activation = values_.activation.front(), .link = values_.link.front()};
  std::uint64_t rest = value(id);
  std::uint64_t stride = size_;
  std::size_t position = 0;
  for_each_axis([&](const auto& axis) {
    stride /= axis_sizes_[position++];
    configuration.*axis.value = (values_.*axis.values)[rest / stride];
    rest %= stride;
  });
  const double samples = rounded_count(configuration.sample_ratio, static_cast<double>(configuration.d));
  configuration.samples = static_cast<Index>(samples);
  configuration.width = static_cast<Index>(rounded_count(configuration.width_ratio, samples));
  return configuration;
}

std::vector<Axis> Grid::axes() const {
  std::vector<Axis> axes;
  for_each_axis([&](const auto& axis) { axes.push_back(shown(axis, values_.*axis.values)); });
  return axes;
}

std::vector<Axis> axes_of(const Configuration& configuration) {
  std::vector<Axis> axes;
  for_each_axis(
      [&](const auto& axis) { axes.push_back(shown(axis, std::vector{configuration.*axis.value})); });
  return axes;
}

Index Grid::largest_width() const { return static_cast<Index>(largest_sizes(values_).width); }

}  // namespace flatsweep::job
