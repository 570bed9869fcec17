#include "flatsweep/report/curves.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/target.hpp"
#include "report/curve_block.hpp"
#include "report/statistics.hpp"

namespace flatsweep::report {

StatusCounts Curve::total() const {
  StatusCounts sum{};
  for (const StatusCounts& at : counts) std::ranges::transform(sum, at, sum.begin(), std::plus());
  return sum;
}

std::vector<const MeasuredCurve*> Curve::measures() const {
  std::vector<const MeasuredCurve*> all = {&flatness};
  for (const MeasuredCurve& other : others) all.push_back(&other);
  return all;
}

const char* Curve::loss_name() const { return monte_carlo ? "population_loss_mc" : "relative_loss"; }

std::optional<bool> Curve::beats_mean() const {
  if (std::isnan(baseline) || !least_loss_gamma) return {};
  return loss[*least_loss_gamma].value < baseline;
}

namespace {

using record::ResultsReader;

constexpr std::uint64_t block_rows = 1 << 16;

using Column = std::vector<double>;
using RowsByGamma = std::vector<std::vector<std::size_t>>;  // positions in a block

std::uint64_t count(const StatusCounts& counts, Status status) { return counts[static_cast<std::size_t>(status)]; }

std::uint64_t sum(const StatusCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

/// Whether some seed is solved, and every finished one.
bool counts_in_verdicts(const StatusCounts& counts) {
  const std::uint64_t solved = count(counts, Status::solved);
  return solved > 0 && solved + count(counts, Status::pending) == sum(counts);
}

/// Where the rows of a curve are in a block: that of a gamma and a seed is at offset + stride (gamma + gammas seed).
struct Place {
  std::size_t offset;
  std::size_t stride;
  std::size_t gammas;
  std::size_t seeds;

  [[nodiscard]] std::size_t row(std::size_t gamma, std::size_t seed) const {
    return offset + stride * (gamma + gammas * seed);
  }
  [[nodiscard]] std::size_t seed_of(std::size_t row) const { return (row - offset) / stride / gammas; }
};

/// Count the selected rows of a curve at every gamma that has one.
/// @return the solved ones
RowsByGamma count_rows(Curve& curve, const CurveBlock& block, const Place& place, const job::Selection& selection) {
  RowsByGamma all_solved;
  for (std::size_t gamma = 0; gamma < place.gammas; ++gamma) {
    StatusCounts counts{};
    std::vector<std::size_t> solved;
    for (std::size_t seed = 0; seed < place.seeds; ++seed) {
      const std::size_t row = place.row(gamma, seed);
      if (!selection.contains(ConfigurationId{block.first + row})) continue;
      ++counts[static_cast<std::size_t>(block.statuses[row])];
      if (block.is_solved(row)) solved.push_back(row);
    }
    if (sum(counts) == 0) continue;
    curve.gammas.push_back(gamma);
    curve.counts.push_back(counts);
    curve.in_verdicts.push_back(counts_in_verdicts(counts));
    all_solved.push_back(std::move(solved));
  }
  return all_solved;
}

/// Return the mean at every gamma of what `value_of` returns for a row, NaN left out.
template <typename ValueOf>
std::vector<Mean> means(const RowsByGamma& solved, const ValueOf& value_of) {
  std::vector<Mean> all;
  std::vector<double> values;
  for (const std::vector<std::size_t>& rows : solved) {
    values.clear();
    for (const std::size_t row : rows)
      if (const double value = value_of(row); !std::isnan(value)) values.push_back(value);
    all.push_back(mean_of(values));
  }
  return all;
}

std::vector<Mean> column_means(const RowsByGamma& solved, const Column& column) {
  return means(
      solved, [&](std::size_t row) { return column[row]; });
}

bool has_number(const RowsByGamma& solved, const Column& column) {
  return std::ranges::any_of(
      column_means(solved, column), [](const Mean& mean) { return !std::isnan(mean.value); });
}

/// Return the values of the column in all solved rows.
Column gather(const RowsByGamma& solved, const Column& column) {
  Column values;
  for (const std::vector<std::size_t>& rows : solved)
    for (const std::size_t row : rows) values.push_back(column[row]);
  return values;
}

/// Return the means at the gammas that count in verdicts; NaN at the others.
std::vector<double> means_in_verdicts(const Curve& curve, const std::vector<Mean>& means) {
  std::vector<double> values;
  for (std::size_t k = 0; k < means.size(); ++k) values.push_back(curve.in_verdicts[k] ? means[k].value : not_a_number);
  return values;
}

/// Return the index of the least number; nothing if all are NaN.
std::optional<std::size_t> least(const std::vector<double>& values) {
  std::optional<std::size_t> least;
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!std::isnan(values[k]) && (!least || values[k] < values[*least])) least = k;
  return least;
}

/// The solved rows at the gammas that count in verdicts, with their places in a SeedTable.
class VerdictRows {
 public:
  VerdictRows(const Curve& curve, const RowsByGamma& solved, const Place& place) {
    std::vector<std::size_t> numbers;
    for (std::size_t k = 0; k < solved.size(); ++k) {
      if (!curve.in_verdicts[k]) continue;
      for (const std::size_t row : solved[k]) {
        rows_.push_back({row, place.seed_of(row), gammas_});
        numbers.push_back(rows_.back().seed);
      }
      ++gammas_;
    }
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    seeds_ = numbers.size();
    for (Row& row : rows_)
      row.seed = static_cast<std::size_t>(std::ranges::lower_bound(numbers, row.seed) - numbers.begin());
  }

  [[nodiscard]] SeedTable table_of(const Column& column) const {
    SeedTable table(seeds_, gammas_);
    for (const Row& row : rows_) table.set(row.seed, row.gamma, column[row.row]);
    return table;
  }

 private:
  struct Row {
    std::size_t row;    // in the block
    std::size_t seed;   // of those that have such a row
    std::size_t gamma;  // of those that count
  };
  std::vector<Row> rows_;
  std::size_t seeds_ = 0;
  std::size_t gammas_ = 0;
};

/// Set the ratios of the flatness of a row to that of the same seed at the flattest gamma, and to the
/// teacher's; and what the flattest gamma costs, seed by seed.
void compare_seeds(Curve& curve, const RowsByGamma& solved, const CurveBlock& block, const Place& place) {
  curve.flatness_over_teacher =
      means(solved, [&](std::size_t row) { return block.flatness[row] / block.flatness_teacher[row]; });
  curve.flatness_over_flattest = means(solved, [&](std::size_t row) {
    if (!curve.flattest_gamma) return not_a_number;
    const std::size_t reference = place.row(curve.gammas[*curve.flattest_gamma], place.seed_of(row));
    return block.is_solved(reference) ? block.flatness[row] / block.flatness[reference] : not_a_number;
  });
  curve.cost_of_flattest = mean_of({});
  if (!curve.flattest_gamma || !curve.least_loss_gamma) return;
  const Column& loss = block.loss(curve.monte_carlo);
  std::vector<double> costs;
  for (const std::size_t row : solved[*curve.flattest_gamma]) {
    const std::size_t best = place.row(curve.gammas[*curve.least_loss_gamma], place.seed_of(row));
    if (const double cost = loss[row] - loss[best]; block.is_solved(best) && !std::isnan(cost)) costs.push_back(cost);
  }
  curve.cost_of_flattest = mean_of(costs);
}

/// Return the measures of a curve, with intervals if seeds were resampled.
std::vector<MeasuredCurve> measured_curves(const Curve& curve, const RowsByGamma& solved, const CurveBlock& block,
                                           const VerdictRows& verdict_rows, const std::vector<std::string>& names) {
  const Column& loss = block.loss(curve.monte_carlo);
  const RankCorrelation over_gamma(means_in_verdicts(curve, curve.loss)), over_rows(gather(solved, loss));
  std::vector<MeasuredCurve> measures;
  std::vector<SeedTable> tables;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const Column& column = k == 0 ? block.flatness : block.others[k - 1];
    std::vector<Mean> means = column_means(solved, column);
    const double spearman = over_gamma.with(means_in_verdicts(curve, means));
    measures.push_back({names[k], std::move(means), spearman, {}, over_rows.with(gather(solved, column))});
    tables.push_back(verdict_rows.table_of(column));
  }
  const std::vector<Interval> intervals = bootstrap_correlations(verdict_rows.table_of(loss), tables);
  for (std::size_t k = 0; k < measures.size(); ++k) measures[k].spearman_interval = intervals[k];
  return measures;
}

double baseline_of(const job::Configuration& configuration, bool monte_carlo) {
  if (!monte_carlo) return 1.0;
  if (!configuration.link.is_quadratic_form()) return not_a_number;
  return model::quadratic_form_variance(configuration.d) + configuration.noise * configuration.noise;
}

/// Set everything that follows from the values of the solved rows.
void set_means(Curve& curve, const RowsByGamma& solved, const CurveBlock& block, const Place& place,
               const std::vector<std::string>& names) {
  curve.monte_carlo = !has_number(solved, block.relative_loss) && has_number(solved, block.population_loss_mc);
  curve.loss = column_means(solved, block.loss(curve.monte_carlo));
  curve.best_loss = column_means(solved, block.best_loss);
  for (const Mean& mean : column_means(solved, block.loss_rounding_error))
    curve.loss_rounding_error.push_back(mean.value);
  std::vector<MeasuredCurve> measures = measured_curves(curve, solved, block, VerdictRows(curve, solved, place), names);
  curve.flatness = std::move(measures.front());
  curve.others.assign(std::next(std::make_move_iterator(measures.begin())), std::make_move_iterator(measures.end()));
  curve.flattest_gamma = least(means_in_verdicts(curve, curve.flatness.means));
  curve.least_loss_gamma = least(means_in_verdicts(curve, curve.loss));
}

}  // namespace

CurveReader::CurveReader(const ResultsReader& reader, job::Selection selection)
    : reader_(reader), selection_(std::move(selection)), measures_(curve_measures(reader.layout())) {}

CurveReader::~CurveReader() = default;

std::optional<Curve> CurveReader::next() {
  const job::Grid& grid = reader_.job().grid;
  const std::uint64_t rows = grid.combination_size();
  const std::uint64_t stride = grid.after_gamma();
  const auto to_next_curve = [&] { next_row_ += (next_row_ + 1) % stride == 0 ? rows - stride + 1 : 1; };
  for (; next_row_ < reader_.rows(); to_next_curve()) {
    if (!block_ || next_row_ >= block_->first + block_->statuses.size()) {
      const std::uint64_t size = std::max<std::uint64_t>(1, block_rows / rows) * rows;
      block_ = std::make_unique<CurveBlock>(reader_, next_row_, std::min(size, reader_.rows() - next_row_));
      torn_rows_ += block_->torn_rows;
    }
    Curve curve;
    curve.first_row = next_row_;
    const Place place{next_row_ - block_->first, stride, grid.values().gamma.size(), grid.values().seed.size()};
    const RowsByGamma solved = count_rows(curve, *block_, place, selection_);
    if (curve.gammas.empty()) continue;
    const StatusCounts total = curve.total();
    std::ranges::transform(counts_, total, counts_.begin(), std::plus());
    if (count(total, Status::pending) == sum(total)) {
      ++pending_curves_;
      continue;
    }
    set_means(curve, solved, *block_, place, measures_);
    curve.baseline = baseline_of(grid[ConfigurationId{curve.first_row}], curve.monte_carlo);
    compare_seeds(curve, solved, *block_, place);
    to_next_curve();
    return curve;
  }
  return {};
}

}  // namespace flatsweep::report
