#include "grid_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <type_traits>

namespace flatsweep::report {

namespace {

constexpr std::size_t line_width = 100;

}  // namespace

std::string number_text(double number) {
  if (std::isnan(number)) return "-";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", number);
  return text.data();
}

std::string value_text(const job::Axis& axis, std::size_t position) {
  return std::visit(
      [&](const auto& values) -> std::string {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        const Value& at = values[position];
        if constexpr (std::is_same_v<Value, std::string>) {
          return at;
        } else if constexpr (std::is_same_v<Value, double>) {
          return number_text(at);
        } else {
          return std::to_string(at);
        }
      },
      axis.values);
}

std::vector<std::string> varying_values(const record::Layout& layout, std::uint64_t row) {
  std::vector<std::string> texts;
  std::uint64_t stride = layout.rows();
  for (const job::Axis& axis : layout.axes()) {
    stride /= axis.size();
    if (axis.size() > 1) texts.push_back(axis.name + " " + value_text(axis, row / stride % axis.size()));
  }
  return texts;
}

std::vector<std::string> constant_values(const record::Layout& layout) {
  std::vector<std::string> texts;
  for (const job::Axis& axis : layout.axes()) {
    if (axis.size() == 1) texts.push_back(axis.name + " " + value_text(axis, 0));
  }
  return texts;
}

void print_list(std::ostream& out, const std::vector<std::string>& parts) {
  std::string line;
  for (const std::string& part : parts) {
    if (!line.empty() && line.size() + part.size() + 3 > line_width) {
      out << line << ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + part;
  }
  out << line << '\n';
}

}  // namespace flatsweep::report
