#include "report/gamma_table.hpp"

#include <algorithm>
#include <cmath>

#include "flatsweep/report/rank_correlation.hpp"

namespace flatsweep::report {
namespace {

using Column = std::span<const double>;

constexpr std::size_t flatness = 0;  // among TableRows::measures

bool is_solved_number(const TableRows& rows, Column column, std::size_t row) {
  return rows.statuses[row] == Status::solved && !std::isnan(column[row]);
}

bool has_solved_number(const TableRows& rows, Column column) {
  for (std::size_t row = 0; row < column.size(); ++row)
    if (is_solved_number(rows, column, row)) return true;
  return false;
}

/// Over the solved seeds of every gamma.
std::vector<Quartiles> quartiles_by_gamma(const TableRows& rows, Column column, std::size_t gammas) {
  std::vector<Quartiles> all;
  std::vector<double> values;
  for (std::size_t k = 0; k < gammas; ++k) {
    values.clear();
    for (std::size_t row = k; row < column.size(); row += gammas)
      if (is_solved_number(rows, column, row)) values.push_back(column[row]);
    all.push_back(quartiles(values));
  }
  return all;
}

/// The solved rows with a loss, and the ranks of their losses, against which every measure is held.
class LossRanks {
 public:
  LossRanks(const TableRows& rows, Column loss) {
    for (std::size_t row = 0; row < loss.size(); ++row) {
      if (!is_solved_number(rows, loss, row)) continue;
      rows_.push_back(row);
      loss_.push_back(loss[row]);
    }
    ranks_ = centred_ranks(loss_);
  }

  [[nodiscard]] double correlate(Column measure) const {
    std::vector<double> x;
    std::vector<double> y;  // of the rows that have the measure
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::isnan(measure[rows_[i]])) continue;
      x.push_back(measure[rows_[i]]);
      y.push_back(loss_[i]);
    }
    return x.size() == rows_.size() ? correlation_of_ranks(centred_ranks(x), ranks_) : rank_correlation(x, y);
  }

 private:
  std::vector<std::size_t> rows_;
  std::vector<double> loss_;
  std::vector<double> ranks_;
};

double correlate_medians(const std::vector<Quartiles>& measure, const std::vector<Quartiles>& loss) {
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t k = 0; k < loss.size(); ++k) {
    if (std::isnan(measure[k].median) || std::isnan(loss[k].median)) continue;
    x.push_back(measure[k].median);
    y.push_back(loss[k].median);
  }
  return rank_correlation(x, y);
}

std::optional<std::size_t> least_median(const std::vector<Quartiles>& all) {
  std::optional<std::size_t> least;
  for (std::size_t k = 0; k < all.size(); ++k) {
    if (std::isnan(all[k].median)) continue;
    if (!least || all[k].median < all[*least].median) least = k;
  }
  return least;
}

}  // namespace

bool GammaTable::empty() const {
  return std::all_of(
      counts.begin() + 1, counts.end(), [](std::uint64_t count) { return count == 0; });
}

GammaTable tabulate(const TableRows& rows, std::size_t gammas) {
  GammaTable table;
  table.monte_carlo =
      !has_solved_number(rows, rows.relative_loss) && has_solved_number(rows, rows.population_loss_mc);
  const Column loss = table.monte_carlo ? rows.population_loss_mc : rows.relative_loss;
  const std::vector<Quartiles> of_loss = quartiles_by_gamma(rows, loss, gammas);
  const std::vector<Quartiles> of_flatness = quartiles_by_gamma(rows, rows.measures[flatness], gammas);
  for (std::size_t k = 0; k < gammas; ++k) table.lines.push_back({{}, of_flatness[k], of_loss[k]});
  for (std::size_t row = 0; row < rows.statuses.size(); ++row) {
    const auto status = static_cast<std::size_t>(rows.statuses[row]);
    ++table.lines[row % gammas].counts[status];
    ++table.counts[status];
  }
  table.flattest = least_median(of_flatness);
  table.best = least_median(of_loss);
  const LossRanks ranks(rows, loss);
  for (const Column measure : rows.measures)
    table.correlations.push_back(
        {correlate_medians(quartiles_by_gamma(rows, measure, gammas), of_loss), ranks.correlate(measure)});
  return table;
}

}  // namespace flatsweep::report
