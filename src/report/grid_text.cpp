#include "report/grid_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <sstream>
#include <type_traits>
#include <variant>

#include "flatsweep/core/text.hpp"

namespace flatsweep::report {
namespace {

template <typename NumberText>
std::string value_at(const job::Axis& axis, std::size_t position, NumberText text_of) {
  return std::visit(
      [&](const auto& values) -> std::string {
        if constexpr (std::is_same_v<std::decay_t<decltype(values)>, std::vector<double>>)
          return text_of(values[position]);
        else
          return fmt::format("{}", values[position]);
      },
      axis.values);
}

}  // namespace

std::string number_text(double number, int digits) {
  if (std::isnan(number)) return "-";
  return fmt::format("{:.{}g}", number, digits);
}

std::string correlation_text(double correlation) { return number_text(std::round(correlation * 1000) / 1000); }

std::string exact_text(double number) { return std::isnan(number) ? "" : shortest(number); }

std::string value_text(const job::Axis& axis, std::size_t position) {
  return value_at(
      axis, position, [](double number) { return number_text(number); });
}

std::string exact_value_text(const job::Axis& axis, std::size_t position) {
  return value_at(axis, position, exact_text);
}

bool is_within_curve(const job::Axis& axis) { return axis.name == "seed" || axis.name == "gamma"; }

const job::Axis& gamma_axis(const record::Layout& layout) {
  return *std::ranges::find(layout.axes(), "gamma", &job::Axis::name);
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

std::vector<std::string> named_values(const record::Layout& layout, std::uint64_t row,
                                      bool (*is_wanted)(const job::Axis& axis)) {
  std::vector<std::string> texts;
  const std::vector<std::size_t> along = positions(layout, row);
  for (std::size_t k = 0; k < along.size(); ++k)
    if (const job::Axis& axis = layout.axes()[k]; is_wanted(axis))
      texts.push_back(fmt::format("{} {}", axis.name, value_text(axis, along[k])));
  return texts;
}

void print_list(std::ostream& out, const std::vector<std::string>& parts, std::size_t width) {
  std::string line;
  for (const std::string& part : parts) {
    if (!line.empty() && line.size() + part.size() + 3 > width) {
      out << line << ",\n";
      line.clear();
    }
    line += (line.empty() ? "" : ", ") + part;
  }
  out << line << '\n';
}

void print_text(std::ostream& out, const std::string& text, std::size_t width) {
  std::string line;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out << line << '\n';
      line.clear();
    }
    line += line.empty() ? "" : " ";
    line += word;
  }
  out << line << '\n';
}

}  // namespace flatsweep::report
