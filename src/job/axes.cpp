#include "flatsweep/job/axes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "flatsweep/core/text.hpp"

namespace flatsweep::job {
namespace {

template <typename Value>
Axis shown(const AxisRow<Value>& row, const std::vector<Value>& values) {
  return {std::string(row.name), std::string(row.long_name), std::string(row.units), coordinates(values)};
}

std::string mention(std::string_view, const std::string& name) { return name; }
std::string mention(std::string_view axis, std::int64_t integer) { return fmt::format("{} = {}", axis, integer); }
std::string mention(std::string_view axis, double number) { return fmt::format("{} = {}", axis, shortest(number)); }

}  // namespace

std::size_t Axis::size() const {
  return std::visit([](const auto& list) { return list.size(); }, values);
}

std::vector<Axis> axes_of(const AxisValues& values) {
  std::vector<Axis> axes;
  for_each_axis([&](const auto& row) { axes.push_back(shown(row, values.*row.values)); });
  return axes;
}

std::vector<Axis> axes_of(const Configuration& configuration) {
  std::vector<Axis> axes;
  for_each_axis([&](const auto& row) { axes.push_back(shown(row, std::vector{configuration.*row.value})); });
  return axes;
}

std::string describe(const Configuration& configuration, std::span<const std::string_view> left_out) {
  std::vector<std::string> parts;
  for_each_axis([&](const auto& row) {
    if (std::ranges::find(left_out, row.name) == left_out.end())
      parts.push_back(mention(row.name, coordinate(configuration.*row.value)));
  });
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace flatsweep::job
