#include "report/table_rows.hpp"

#include <array>

#include "report/grid_text.hpp"

namespace flatsweep::report {
namespace {

using record::ResultsReader;

constexpr std::array single_measures = {"flatness", "flatness_unit", "outer_l1"};

std::vector<double> read_column(const ResultsReader& reader, const std::string& name, std::uint64_t first,
                                std::size_t rows) {
  std::vector<double> values(rows);
  reader.read(name, first, values);
  return values;
}

/// 0 where the excess loss is not above the bound on its own rounding error.
std::vector<double> read_relative_loss(const ResultsReader& reader, std::uint64_t first, std::size_t rows) {
  std::vector<double> loss = read_column(reader, "relative_loss", first, rows);
  const std::vector<double> excess = read_column(reader, "excess_loss", first, rows);
  const std::vector<double> error = read_column(reader, "excess_loss_error", first, rows);
  for (std::size_t i = 0; i < rows; ++i)
    if (excess[i] <= error[i]) loss[i] = 0;
  return loss;
}

/// One column a ridge.
std::vector<std::vector<double>> read_soft_rank(const ResultsReader& reader, std::uint64_t first,
                                                std::size_t rows) {
  const std::size_t ridges = reader.layout().ridges();
  std::vector<double> interleaved(rows * ridges);
  reader.read("soft_rank", first, interleaved);
  std::vector<std::vector<double>> columns(ridges, std::vector<double>(rows));
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t k = 0; k < ridges; ++k) columns[k][i] = interleaved[i * ridges + k];
  return columns;
}

}  // namespace

std::vector<std::string> table_measures(const record::Layout& layout) {
  std::vector<std::string> names(single_measures.begin(), single_measures.end());
  const job::Axis& ridge = layout.extra_axes().front();
  for (std::size_t k = 0; k < ridge.size(); ++k) names.push_back("soft_rank_" + exact_value_text(ridge, k));
  return names;
}

TableSection::TableSection(const ResultsReader& reader, std::uint64_t first, std::size_t rows)
    : statuses_(rows) {
  reader.read_statuses(first, statuses_);  // before the values, which a run writes first
  relative_loss_ = read_relative_loss(reader, first, rows);
  population_loss_mc_ = read_column(reader, "population_loss_mc", first, rows);
  measures_ = read_soft_rank(reader, first, rows);
  std::vector<std::vector<double>> single;
  for (const char* name : single_measures) single.push_back(read_column(reader, name, first, rows));
  measures_.insert(measures_.begin(), std::make_move_iterator(single.begin()),
                   std::make_move_iterator(single.end()));
}

TableRows TableSection::rows(std::size_t offset, std::size_t count) const {
  const auto part = [&](const auto& column) { return std::span(column).subspan(offset, count); };
  TableRows rows{part(statuses_), part(relative_loss_), part(population_loss_mc_), {}};
  for (const std::vector<double>& measure : measures_) rows.measures.push_back(part(measure));
  return rows;
}

}  // namespace flatsweep::report
