#include "report/table_text.hpp"

#include <cmath>
#include <ostream>

#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::Layout;

constexpr std::size_t gamma_width = 9;
constexpr std::size_t number_width = 10;

struct CountColumn {
  const char* name;
  std::size_t width;  // what 100 columns leave
  std::vector<Status> statuses;
};

const std::vector<CountColumn> count_columns = {{"solved", 7, {Status::solved}},
                                                {"infeas", 7, {Status::infeasible}},
                                                {"inacc", 6, {Status::inaccurate}},
                                                {"fail", 5, {Status::failed, Status::crashed}},
                                                {"todo", 6, {Status::pending}}};

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string left(const std::string& text, std::size_t width) {
  return text.size() < width ? text + std::string(width - text.size(), ' ') : text;
}

std::uint64_t count(const StatusCounts& counts, const std::vector<Status>& statuses) {
  std::uint64_t sum = 0;
  for (const Status status : statuses) sum += counts[static_cast<std::size_t>(status)];
  return sum;
}

std::string quartile_columns(const Quartiles& quartiles) {
  std::string fields;
  for (const double number : {quartiles.lower, quartiles.median, quartiles.upper})
    fields += right(number_text(number, 4), number_width);
  return fields;
}

std::string gamma_line(const std::string& gamma, const GammaLine& line) {
  std::string text =
      right(gamma, gamma_width) + quartile_columns(line.flatness) + quartile_columns(line.loss);
  for (const auto& [name, width, statuses] : count_columns)
    text += right(std::to_string(count(line.counts, statuses)), width);
  return text;
}

void print_head(std::ostream& out, bool monte_carlo) {
  const std::string group(3 * number_width, ' ');
  out << right("", gamma_width) << right("flatness: quartiles", group.size())
      << right(monte_carlo ? "loss (MC): quartiles" : "relative loss: quartiles", group.size()) << '\n'
      << right("gamma", gamma_width);
  for (int k = 0; k < 2; ++k)
    for (const char* quartile : {"lower", "median", "upper"}) out << right(quartile, number_width);
  for (const CountColumn& column : count_columns) out << right(column.name, column.width);
  out << '\n';
}

void print_statuses(std::ostream& out, const StatusCounts& counts) {
  const char* separator = "rows: ";
  for (std::size_t k = 0; k < counts.size(); ++k) {
    if (counts[k] == 0) continue;
    out << separator << counts[k] << ' ' << status_names[k];
    separator = ", ";
  }
  out << '\n';
}

void print_flattest(std::ostream& out, const job::Axis& gamma, const GammaTable& table, std::size_t at) {
  out << "flattest at gamma " << value_text(gamma, at) << " (flatness "
      << number_text(table.lines[at].flatness.median, 4) << ", loss "
      << number_text(table.lines[at].loss.median, 4) << ")";
  if (table.best)
    out << "; least loss at gamma " << value_text(gamma, *table.best) << " ("
        << number_text(table.lines[*table.best].loss.median, 4) << ")";
  out << '\n';
}

std::string correlation_text(double correlation) {
  return number_text(std::round(correlation * 1000) / 1000);
}

void print_correlations(std::ostream& out, const std::vector<std::string>& measures,
                        const GammaTable& table) {
  out << left("Spearman correlation with the loss", 36) << right("over gamma", 12) << right("over rows", 12)
      << '\n';
  for (std::size_t k = 0; k < measures.size(); ++k)
    out << left("  " + measures[k], 36) << right(correlation_text(table.correlations[k].over_gamma), 12)
        << right(correlation_text(table.correlations[k].over_rows), 12) << '\n';
}

// The axes that tell one table from another, at one of its rows.
std::vector<std::string> table_name(const Layout& layout, std::uint64_t row) {
  std::vector<std::string> parts = varying_values(layout, row);
  std::erase_if(
      parts, [](const std::string& part) { return part.starts_with("gamma ") || part.starts_with("seed "); });
  return parts;
}

}  // namespace

void print_text_heading(std::ostream& out, const record::ResultsReader& reader) {
  const std::vector<job::Axis>& axes = reader.layout().axes();
  std::vector<std::string> common = constant_values(reader.layout());
  common.push_back("quartiles over " + std::to_string(axes[axes.size() - 2].size()) + " seeds");
  out << reader.job().name << '\n';
  print_list(out, common);
  out << "over gamma: of the medians over seeds; over rows: of all solved rows\n\n";
}

void print_text(std::ostream& out, const Layout& layout, std::uint64_t first_row, const GammaTable& table) {
  const job::Axis& gamma = layout.axes().back();
  if (const auto name = table_name(layout, first_row); !name.empty()) print_list(out, name);
  print_head(out, table.monte_carlo);
  for (std::size_t k = 0; k < table.lines.size(); ++k)
    out << gamma_line(value_text(gamma, k), table.lines[k]) << '\n';
  print_statuses(out, table.counts);
  if (table.flattest) {
    print_flattest(out, gamma, table, *table.flattest);
    print_correlations(out, table_measures(layout), table);
  }
  out << '\n';
}

}  // namespace flatsweep::report
