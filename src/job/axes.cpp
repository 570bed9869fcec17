#include "flatsweep/job/axes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "job/values.hpp"

namespace flatsweep::job {
namespace {

template <typename Value>
Axis shown(const AxisRow<Value>& row, const std::vector<Value>& values) {
  return {std::string(row.name), std::string(row.long_name), std::string(row.units), coordinates(values)};
}

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
    if (std::ranges::find(left_out, row.name) != left_out.end()) return;
    const std::string text = to_text(std::vector{coordinate(configuration.*row.value)});
    if constexpr (std::is_arithmetic_v<std::decay_t<decltype(configuration.*row.value)>>)
      parts.push_back(fmt::format("{} = {}", row.name, text));
    else
      parts.push_back(text);
  });
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace flatsweep::job
