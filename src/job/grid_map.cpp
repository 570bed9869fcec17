#include "flatsweep/job/grid_map.hpp"

#include <algorithm>
#include <map>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::job {
namespace {

using Positions = std::vector<std::optional<std::uint64_t>>;

template <typename Value>
Positions positions_of(const std::vector<Value>& from, const std::vector<Value>& to) {
  std::map<Value, std::uint64_t> known;
  for (std::size_t position = 0; position < to.size(); ++position) known.emplace(to[position], position);
  Positions positions;
  for (const Value& value : from) {
    const auto found = known.find(value);
    positions.push_back(found == known.end() ? std::nullopt : std::optional(found->second));
  }
  return positions;
}

}  // namespace

GridMap::GridMap(const Grid& from, const Grid& to) : to_sizes_(to.axis_sizes()) {
  const std::vector<Axis> from_axes = from.axes();
  const std::vector<Axis> to_axes = to.axes();
  for (std::size_t axis = 0; axis < axis_count; ++axis) {
    positions_[axis] = std::visit(
        [&](const auto& values) {
          return positions_of(values, std::get<std::decay_t<decltype(values)>>(to_axes[axis].values));
        },
        from_axes[axis].values);
  }
}

std::optional<ConfigurationId> GridMap::operator()(ConfigurationId id) const {
  std::uint64_t rest = value(id);
  std::uint64_t mapped = 0;
  std::uint64_t stride = 1;
  for (std::size_t axis = axis_count; axis-- > 0;) {
    const auto position = positions_[axis][rest % positions_[axis].size()];
    if (!position) return std::nullopt;
    rest /= positions_[axis].size();
    mapped += *position * stride;
    stride *= to_sizes_[axis];
  }
  expects(rest == 0);
  return ConfigurationId{mapped};
}

std::uint64_t GridMap::shared() const {
  std::uint64_t count = 1;
  for (const Positions& axis : positions_)
    count *=
        static_cast<std::uint64_t>(std::ranges::count_if(axis, [](const auto& p) { return p.has_value(); }));
  return count;
}

}  // namespace flatsweep::job
