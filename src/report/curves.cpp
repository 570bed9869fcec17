#include "flatsweep/report/curves.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <numeric>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "report/grid_text.hpp"
#include "report/statistics.hpp"

namespace flatsweep::report {
namespace {

using record::ResultsReader;

constexpr std::uint64_t block_rows = 1 << 16;
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

/// Consecutive rows of whole curves, by columns.
struct CurveBlock {
  std::uint64_t first;
  std::vector<Status> statuses;
  std::vector<double> relative_loss;        // 0 if not above the bound on its rounding error
  std::vector<double> loss_rounding_error;  // of relative_loss
  std::vector<double> population_loss_mc;
  std::vector<double> flatness;
  std::vector<double> flatness_teacher;
  std::vector<std::vector<double>> others;  // in the order of curve_measures

  CurveBlock(const ResultsReader& reader, std::uint64_t first_row, std::size_t rows)
      : first(first_row), statuses(rows) {
    reader.read_statuses(first, statuses);  // before the values, which a run writes first
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
    for (std::size_t i = 0; i < rows; ++i) {
      if (excess[i] <= loss_rounding_error[i]) relative_loss[i] = 0;
      loss_rounding_error[i] /= power[i];
    }
  }

  [[nodiscard]] bool is_solved(std::size_t row) const { return statuses[row] == Status::solved; }
};

namespace {

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
};

/// Count the selected rows of a curve at every gamma that has one.
/// @return the solved ones
RowsByGamma count_rows(Curve& curve, const CurveBlock& block, const Place& place, const job::Selection& selection) {
  RowsByGamma all_solved;
  for (std::size_t gamma = 0; gamma < place.gammas; ++gamma) {
    StatusCounts counts{};
    std::vector<std::size_t> solved;
    for (std::size_t seed = 0; seed < place.seeds; ++seed) {
      const std::size_t row = place.offset + place.stride * (gamma + place.gammas * seed);
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

/// Set the ratios of the flatness of a row to that of the same seed at the flattest gamma, and to the
/// teacher's.
void compare_flatness(Curve& curve, const RowsByGamma& solved, const CurveBlock& block, const Place& place) {
  curve.flatness_over_teacher =
      means(solved, [&](std::size_t row) { return block.flatness[row] / block.flatness_teacher[row]; });
  curve.flatness_over_flattest = means(solved, [&](std::size_t row) {
    if (!curve.flattest) return not_a_number;
    const std::size_t gamma = (row - place.offset) / place.stride % place.gammas;
    const std::size_t reference = row - place.stride * gamma + place.stride * curve.gammas[*curve.flattest];
    return block.is_solved(reference) ? block.flatness[row] / block.flatness[reference] : not_a_number;
  });
}

/// Set everything that follows from the values of the solved rows.
void set_means(Curve& curve, const RowsByGamma& solved, const CurveBlock& block,
               const std::vector<std::string>& names) {
  curve.monte_carlo = !has_number(solved, block.relative_loss) && has_number(solved, block.population_loss_mc);
  const Column& loss = curve.monte_carlo ? block.population_loss_mc : block.relative_loss;
  curve.loss = column_means(solved, loss);
  for (const Mean& mean : column_means(solved, block.loss_rounding_error))
    curve.loss_rounding_error.push_back(mean.value);

  const std::vector<double> loss_in_verdicts = means_in_verdicts(curve, curve.loss);
  const RankCorrelation over_gamma(loss_in_verdicts), over_rows(gather(solved, loss));
  const auto measured = [&](const std::string& name, const Column& column) {
    const std::vector<Mean> means = column_means(solved, column);
    return MeasuredCurve{name, means, over_gamma.with(means_in_verdicts(curve, means)),
                         over_rows.with(gather(solved, column))};
  };
  curve.flatness = measured(names.front(), block.flatness);
  for (std::size_t k = 0; k < block.others.size(); ++k) curve.others.push_back(measured(names[k + 1], block.others[k]));
  curve.flattest = least(means_in_verdicts(curve, curve.flatness.means));
  curve.best = least(loss_in_verdicts);
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
    }
    Curve curve;
    curve.first_row = next_row_;
    const Place place{next_row_ - block_->first, stride, grid.values().gamma.size(), grid.values().seed.size()};
    const RowsByGamma solved = count_rows(curve, *block_, place, selection_);
    if (curve.gammas.empty()) continue;
    if (const StatusCounts total = curve.total(); count(total, Status::pending) == sum(total)) {
      ++pending_curves_;
      continue;
    }
    set_means(curve, solved, *block_, measures_);
    compare_flatness(curve, solved, *block_, place);
    to_next_curve();
    return curve;
  }
  return {};
}

}  // namespace flatsweep::report
