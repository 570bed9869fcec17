#include "report/curve_block.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::ResultsReader;

constexpr const char* flatness_name = "flatness";
constexpr std::array other_names = {"flatness_unit", "outer_l1"};

std::vector<double> read_column(const ResultsReader& reader, const std::string& name, std::uint64_t first,
                                std::size_t rows) {
  std::vector<double> values(rows);
  reader.read(name, first, values);
  return values;
}

/// Read the soft rank: a column for each ridge.
std::vector<std::vector<double>> read_soft_rank(const ResultsReader& reader, std::uint64_t first, std::size_t rows) {
  const std::size_t ridges = reader.layout().ridges();
  std::vector<double> interleaved(rows * ridges);
  reader.read("soft_rank", first, interleaved);
  std::vector<std::vector<double>> columns(ridges, std::vector<double>(rows));
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < ridges; ++k) columns[k][i] = interleaved[i * ridges + k];
  return columns;
}

}  // namespace

std::vector<std::string> curve_measures(const record::Layout& layout) {
  std::vector<std::string> names = {flatness_name};
  names.insert(names.end(), other_names.begin(), other_names.end());
  const job::Axis& ridge = layout.extra_axes().front();
  for (std::size_t k = 0; k < ridge.size(); ++k) names.push_back("soft_rank_" + exact_value_text(ridge, k));
  return names;
}

CurveBlock::CurveBlock(const ResultsReader& reader, std::uint64_t first_row, std::size_t rows)
    : first(first_row), statuses(rows) {
  std::vector<record::CheckedStatus> checked(rows);
  reader.read_checked_statuses(first, checked);  // before the values, which a run writes first
  for (std::size_t i = 0; i < rows; ++i) {
    statuses[i] = checked[i].torn ? Status::pending : checked[i].status;
    torn_rows += checked[i].torn ? 1 : 0;
  }
  const auto column = [&](const char* name) { return read_column(reader, name, first, rows); };
  population_loss_mc = column("population_loss_mc");
  flatness = column(flatness_name);
  flatness_teacher = column("flatness_teacher");
  for (const char* name : other_names) others.push_back(column(name));
  std::ranges::move(read_soft_rank(reader, first, rows), std::back_inserter(others));

  relative_loss = column("relative_loss");
  loss_rounding_error = column("excess_loss_error");
  const std::vector<double> excess = column("excess_loss");
  const std::vector<double> power = column("signal_power");
  best_loss = column("best_loss");
  for (std::size_t i = 0; i < rows; ++i) {
    if (excess[i] <= loss_rounding_error[i]) relative_loss[i] = 0;
    loss_rounding_error[i] /= power[i];
    best_loss[i] /= power[i];
  }
}

}  // namespace flatsweep::report
