#include "report/grid_text.hpp"

#include <fmt/format.h>

#include <cmath>
#include <ostream>
#include <type_traits>

#include "flatsweep/core/text.hpp"

namespace flatsweep::report {
namespace {

constexpr std::size_t line_width = 100;

template <typename NumberText>
std::string value_at(const job::Axis& axis, std::size_t position, NumberText text_of) {
  return std::visit(
      [&](const auto& values) -> std::string {
        using Value = typename std::decay_t<decltype(values)>::value_type;
        const Value& at = values[position];
        if constexpr (std::is_same_v<Value, std::string>)
          return at;
        else if constexpr (std::is_same_v<Value, double>)
          return text_of(at);
        else
          return std::to_string(at);
      },
      axis.values);
}

}  // namespace

std::string number_text(double number, int digits) {
  if (std::isnan(number)) return "-";
  return fmt::format("{:.{}g}", number, digits);
}

std::string exact_text(double number) { return std::isnan(number) ? "" : shortest(number); }

std::string value_text(const job::Axis& axis, std::size_t position) {
  return value_at(
      axis, position, [](double number) { return number_text(number); });
}

std::string exact_value_text(const job::Axis& axis, std::size_t position) {
  return value_at(axis, position, exact_text);
}

std::vector<std::size_t> positions(const record::Layout& layout, std::uint64_t row) {
  std::vector<std::size_t> along;
  std::uint64_t stride = layout.rows();
  for (const job::Axis& axis : layout.axes()) {
    stride /= axis.size();
    along.push_back(row / stride % axis.size());
  }
  return along;
}

std::vector<std::string> varying_values(const record::Layout& layout, std::uint64_t row) {
  std::vector<std::string> texts;
  const std::vector<std::size_t> along = positions(layout, row);
  for (std::size_t k = 0; k < along.size(); ++k) {
    const job::Axis& axis = layout.axes()[k];
    if (axis.size() > 1) texts.push_back(axis.name + " " + value_text(axis, along[k]));
  }
  return texts;
}

std::vector<std::string> constant_values(const record::Layout& layout) {
  std::vector<std::string> texts;
  for (const job::Axis& axis : layout.axes())
    if (axis.size() == 1) texts.push_back(axis.name + " " + value_text(axis, 0));
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
