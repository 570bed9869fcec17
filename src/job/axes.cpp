#include "flatsweep/job/axes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "job/values.hpp"

namespace flatsweep::job {
namespace {

template <typename Value>
Axis shown(const AxisRow<Value>& row, const std::vector<Value>& values) {
  return {std::string(row.variable), std::string(row.long_name), std::string(row.units), coordinates(values)};
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
  bool after_gamma = false;
  for_each_axis([&](const auto& row) {
    const auto& value = configuration.*row.value;
    const bool is_default = after_gamma && value == (AxisValues().*row.values).front();
    const bool is_number = std::is_arithmetic_v<std::decay_t<decltype(value)>>;
    const std::string text = to_text(std::vector{coordinate(value)});
    if (!is_default && std::ranges::find(left_out, row.name) == left_out.end())
      parts.push_back(is_number || after_gamma ? fmt::format("{} = {}", row.name, text) : text);
    after_gamma = after_gamma || row.name == "gamma";
  });
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace flatsweep::job
