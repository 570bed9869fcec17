#include "report/table_csv.hpp"

#include <ostream>

#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::Layout;

std::string quartile_fields(const Quartiles& quartiles) {
  return exact_text(quartiles.lower) + ',' + exact_text(quartiles.median) + ',' + exact_text(quartiles.upper);
}

/// Values of the axes that the rows of a table share: all but seed and gamma.
std::string axis_fields(const Layout& layout, std::uint64_t row) {
  std::string fields;
  const std::vector<std::size_t> along = positions(layout, row);
  for (std::size_t k = 0; k + 2 < along.size(); ++k)
    fields += exact_value_text(layout.axes()[k], along[k]) + ',';
  return fields;
}

}  // namespace

void print_csv_heading(std::ostream& out, const Layout& layout) {
  const std::vector<job::Axis>& axes = layout.axes();
  for (std::size_t k = 0; k + 2 < axes.size(); ++k) out << axes[k].name << ',';
  out << "gamma";
  for (const std::string_view status : status_names) out << ',' << status;
  out << ",flatness_lower,flatness_median,flatness_upper,loss_name,loss_lower,loss_median,loss_upper,flattest";
  for (const std::string& measure : table_measures(layout))
    out << ",spearman_over_gamma_" << measure << ",spearman_over_rows_" << measure;
  out << '\n';
}

void print_csv(std::ostream& out, const Layout& layout, std::uint64_t first_row, const GammaTable& table) {
  const std::string axes = axis_fields(layout, first_row);
  const std::string loss = table.monte_carlo ? ",population_loss_mc," : ",relative_loss,";
  std::string correlations;
  for (const LossCorrelation& correlation : table.correlations)
    correlations += ',' + exact_text(correlation.over_gamma) + ',' + exact_text(correlation.over_rows);
  for (std::size_t k = 0; k < table.lines.size(); ++k) {
    const GammaLine& line = table.lines[k];
    std::string text = axes + exact_value_text(layout.axes().back(), k);
    for (const std::uint64_t rows : line.counts) text += ',' + std::to_string(rows);
    text += ',' + quartile_fields(line.flatness) + loss + quartile_fields(line.loss);
    out << text << (table.flattest == k ? ",1" : ",0") << correlations << '\n';
  }
}

}  // namespace flatsweep::report
