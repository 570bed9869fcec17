#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "flatsweep/record/output_file.hpp"
#include "flatsweep/report/tables.hpp"
#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::Layout;
using record::ResultsReader;
using record::Variable;

constexpr std::uint64_t exported_rows = 1 << 12;

/// Return the variables that become columns of numbers: all but status, which becomes a word, and
/// outer_weights, which has a number for each neuron.
std::vector<Variable> exported_variables(const Layout& layout) {
  std::vector<Variable> variables = layout.variables();
  std::erase_if(variables, [](const Variable& variable) {
    return variable.name == "status" || (!variable.extra_axis.empty() && variable.extra_axis != "ridge");
  });
  return variables;
}

std::string column_name(const Layout& layout, const Variable& variable, std::size_t position) {
  if (variable.extra_axis.empty()) return variable.name;
  return variable.name + "_" + exact_value_text(layout.extra_axes().front(), position);
}

void print_heading(std::ostream& out, const ResultsReader& reader) {
  const Layout& layout = reader.layout();
  out << fmt::format("# {}\n# flatsweep {} ({}), digest of the job's settings {}\n", reader.job().name,
                     reader.attribute("version"), reader.attribute("commit"), reader.attribute("digest"))
      << "# One line a configuration; empty: not computed. Columns [units]:\n";
  std::string names = "id";
  out << "# id [1]: row-major index of the configuration in its grid\n";
  for (const job::Axis& axis : layout.axes()) {
    out << fmt::format("# {} [{}]: {}\n", axis.name, axis.units, axis.long_name);
    names += ',' + axis.name;
  }
  out << "# status [1]: what became of the configuration\n";
  names += ",status";
  for (const Variable& variable : exported_variables(layout)) {
    const std::string suffix = variable.extra_axis.empty() ? "" : "_" + variable.extra_axis;
    out << fmt::format("# {}{} [{}]: {}\n", variable.name, suffix, variable.units, variable.long_name);
    for (std::size_t k = 0; k < variable.per_row; ++k) names += ',' + column_name(layout, variable, k);
  }
  out << names << '\n';
}

/// Consecutive rows, by columns.
struct Block {
  std::vector<Status> statuses;
  std::vector<std::vector<double>> columns;  // one a variable, rows x per_row

  Block(const ResultsReader& reader, const std::vector<Variable>& variables, std::uint64_t first, std::size_t rows)
      : statuses(rows) {
    reader.read_statuses(first, statuses);  // before the values, which a run writes first
    for (const Variable& variable : variables) {
      columns.emplace_back(rows * variable.per_row);
      reader.read(variable.name, first, columns.back());
    }
  }
};

void append_numbers(std::string& line, const Block& block, std::size_t row) {
  const bool pending = block.statuses[row] == Status::pending;
  for (const std::vector<double>& column : block.columns) {
    const std::size_t per_row = column.size() / block.statuses.size();
    for (std::size_t k = row * per_row; k < (row + 1) * per_row; ++k) {
      line += ',';
      if (!pending) line += exact_text(column[k]);
    }
  }
}

/// Return the exact texts of all values of every axis.
std::vector<std::vector<std::string>> axis_texts(const Layout& layout) {
  std::vector<std::vector<std::string>> texts;
  for (const job::Axis& axis : layout.axes()) {
    texts.emplace_back();
    for (std::size_t k = 0; k < axis.size(); ++k) texts.back().push_back(exact_value_text(axis, k));
  }
  return texts;
}

}  // namespace

void export_csv(std::ostream& out, const ResultsReader& reader) {
  const Layout& layout = reader.layout();
  const std::vector<Variable> variables = exported_variables(layout);
  const auto texts = axis_texts(layout);
  print_heading(out, reader);
  std::string line;
  for (std::uint64_t first = 0; first < layout.rows() && out; first += exported_rows) {
    const Block block(reader, variables, first, std::min(exported_rows, layout.rows() - first));
    for (std::size_t row = 0; row < block.statuses.size(); ++row) {
      line = fmt::format("{}", first + row);
      const std::vector<std::size_t> along = positions(layout, first + row);
      for (std::size_t k = 0; k < along.size(); ++k) line += ',' + texts[k][along[k]];
      line += ',';
      line += name(block.statuses[row]);
      append_numbers(line, block, row);
      out << line << '\n';
    }
  }
}

void export_csv(const std::filesystem::path& file, const ResultsReader& reader, record::Existing existing) {
  record::require_absent(file, existing);
  record::write_new_file(file, [&](const std::filesystem::path& temporary) {
    std::ofstream out(temporary);
    export_csv(out, reader);
    if (!out.flush())
      throw std::filesystem::filesystem_error("write", temporary, std::error_code(errno, std::generic_category()));
  });
}

}  // namespace flatsweep::report
