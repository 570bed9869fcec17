#include "record/row_block.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/record/checksum.hpp"

namespace flatsweep::record {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// One bit pattern for NaN, so that equal rows have equal bytes.
double canonical(double value) { return std::isnan(value) ? nan : value; }

}  // namespace

RowBlock::RowBlock(const Layout& layout, std::span<const experiment::Outcome> rows)
    : first_(value(rows.front().id)),
      per_row_(layout.values_per_row()),
      values_(rows.size() * layout.values_per_row(), nan) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const experiment::Outcome& row = rows[i];
    expects(value(row.id) == first_ + i);
    expects(row.soft_rank.empty() || row.soft_rank.size() == layout.ridges());
    expects(row.outer_weights.size() <= static_cast<Index>(layout.neurons()));
    statuses_.push_back(static_cast<std::uint8_t>(row.status));
    iterations_.push_back(row.iterations);
    const auto at = values_.begin() + static_cast<std::ptrdiff_t>(i * per_row_);
    const auto soft_rank = std::ranges::transform(row.measures.values(), at, canonical).out;
    std::ranges::transform(row.soft_rank, soft_rank, canonical);
    std::transform(row.outer_weights.begin(), row.outer_weights.end(),
                   soft_rank + static_cast<std::ptrdiff_t>(layout.ridges()), canonical);
  }
}

RowBlock::RowBlock(const Layout& layout, const Variables& variables, std::uint64_t first, std::size_t count)
    : first_(first),
      per_row_(layout.values_per_row()),
      statuses_(count),
      iterations_(count),
      values_(count * layout.values_per_row()) {
  variables.read<std::uint8_t>("status", first, statuses_);
  variables.read<std::int32_t>("iterations", first, iterations_);
  std::size_t offset = 0;
  for (const Variable& variable : layout.values()) {
    std::vector<double> column(count * variable.per_row);
    variables.read<double>(variable.name, first, column);
    for (std::size_t i = 0; i < count; ++i) {
      std::copy_n(column.begin() + static_cast<std::ptrdiff_t>(i * variable.per_row), variable.per_row,
                  values_.begin() + static_cast<std::ptrdiff_t>(i * per_row_ + offset));
    }
    offset += variable.per_row;
  }
}

std::vector<double> RowBlock::column(std::size_t offset, std::size_t width) const {
  std::vector<double> gathered(size() * width);
  for (std::size_t i = 0; i < size(); ++i)
    for (std::size_t k = 0; k < width; ++k) gathered[i * width + k] = values_[i * per_row_ + offset + k];
  return gathered;
}

std::uint32_t RowBlock::checksum(std::size_t row, Status status) const {
  return row_checksum(ConfigurationId{first_ + row}, status, iterations_[row], values(row));
}

experiment::Outcome RowBlock::outcome(std::size_t row, const Layout& layout) const {
  experiment::Outcome outcome;
  outcome.id = ConfigurationId{first_ + row};
  outcome.status = static_cast<Status>(statuses_[row]);
  outcome.iterations = iterations_[row];
  const auto numbers = values(row);
  for (std::size_t k = 0; k < experiment::measure_count; ++k)
    outcome.measures[static_cast<experiment::Measure>(k)] = numbers[k];
  const auto soft_rank = numbers.subspan(experiment::measure_count, layout.ridges());
  outcome.soft_rank.assign(soft_rank.begin(), soft_rank.end());
  const auto outer_weights = numbers.subspan(experiment::measure_count + layout.ridges());
  outcome.outer_weights =
      Eigen::Map<const Vector>(outer_weights.data(), static_cast<Index>(outer_weights.size()));
  return outcome;
}

}  // namespace flatsweep::record
