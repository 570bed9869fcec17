#include "flatsweep/report/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <system_error>
#include <vector>

#include "flatsweep/record/output_file.hpp"
#include "flatsweep/report/curves.hpp"
#include "flatsweep/report/verdict.hpp"
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

/// Return the names of everything that has a mean at every gamma.
std::vector<std::string> names_of_means(const Layout& layout) {
  std::vector<std::string> names = {"loss", "best_loss"};
  std::ranges::copy(curve_measures(layout), std::back_inserter(names));
  names.insert(names.end(), {"flatness_over_flattest", "flatness_over_teacher"});
  return names;
}

void print_curves_heading(std::ostream& out, const Layout& layout) {
  for (const job::Axis& axis : layout.axes())
    if (!is_within_curve(axis)) out << axis.name << ',';
  out << fmt::format("gamma,{},in_verdicts,flattest,best,flattest_gamma,least_loss_gamma,verdict,beats_mean",
                     fmt::join(status_names, ","))
      << ",loss_name,loss_rounding_error,baseline";
  for (const std::string& name : names_of_means(layout))
    out << fmt::format(",{0}_mean,{0}_standard_error,{0}_count", name);
  out << ",cost_of_flattest_mean,cost_of_flattest_standard_error,cost_of_flattest_count";
  for (const std::string& name : curve_measures(layout))
    out << fmt::format(",spearman_over_gamma_{0},spearman_lower_{0},spearman_upper_{0},spearman_over_rows_{0}", name);
  out << '\n';
}

/// Return the values of the axes that the rows of a curve share, each with a comma behind it.
std::string axis_fields(const Layout& layout, std::uint64_t row) {
  std::string fields;
  const std::vector<std::size_t> along = positions(layout, row);
  for (std::size_t k = 0; k < along.size(); ++k)
    if (const job::Axis& axis = layout.axes()[k]; !is_within_curve(axis))
      fields += exact_value_text(axis, along[k]) + ',';
  return fields;
}

std::string mean_fields(const Mean& mean) {
  return fmt::format(",{},{},{}", exact_text(mean.value), exact_text(mean.standard_error), mean.count);
}

/// Return what the gammas of a curve share: gammas and words of the verdict.
std::string verdict_fields(const job::Axis& gamma, const Curve& curve) {
  const auto value = [&](std::optional<std::size_t> k) { return k ? exact_value_text(gamma, curve.gammas[*k]) : ""; };
  const std::optional<bool> beats = curve.beats_mean();
  return fmt::format(",{},{},{},{}", value(curve.flattest_gamma), value(curve.least_loss_gamma), words_of(curve),
                     !beats   ? ""
                     : *beats ? "1"
                              : "0");
}

std::string correlation_fields(const MeasuredCurve& measure) {
  return fmt::format(",{},{},{},{}", exact_text(measure.spearman_over_gamma),
                     exact_text(measure.spearman_interval.lower), exact_text(measure.spearman_interval.upper),
                     exact_text(measure.spearman_over_rows));
}

void print_lines(std::ostream& out, const Layout& layout, const Curve& curve) {
  const job::Axis& gamma = gamma_axis(layout);
  const std::string axes = axis_fields(layout, curve.first_row);
  const std::string verdict = verdict_fields(gamma, curve);
  std::string of_curve = mean_fields(curve.cost_of_flattest);
  for (const MeasuredCurve* measure : curve.measures()) of_curve += correlation_fields(*measure);
  for (std::size_t k = 0; k < curve.gammas.size(); ++k) {
    std::string means = mean_fields(curve.loss[k]) + mean_fields(curve.best_loss[k]);
    for (const MeasuredCurve* measure : curve.measures()) means += mean_fields(measure->means[k]);
    means += mean_fields(curve.flatness_over_flattest[k]) + mean_fields(curve.flatness_over_teacher[k]);
    out << axes << exact_value_text(gamma, curve.gammas[k])
        << fmt::format(",{},{:d},{:d},{:d}", fmt::join(curve.counts[k], ","), bool{curve.in_verdicts[k]},
                       curve.flattest_gamma == k, curve.least_loss_gamma == k)
        << verdict
        << fmt::format(",{},{},{}", curve.loss_name(), exact_text(curve.loss_rounding_error[k]),
                       exact_text(curve.baseline))
        << means << of_curve << '\n';
  }
}

}  // namespace

std::uint64_t print_curves_csv(std::ostream& out, const ResultsReader& reader, const job::Selection& selection) {
  print_curves_heading(out, reader.layout());
  CurveReader curves(reader, selection);
  while (const auto curve = curves.next()) print_lines(out, reader.layout(), *curve);
  return curves.torn_rows();
}

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
