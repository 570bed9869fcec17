#include "record/row_block.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <string>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::record {
namespace {

static_assert(std::endian::native == std::endian::little, "the checksum is that of little-endian bytes");

constexpr const char* solver_path_variable = "solver_path";

/// Return one bit pattern for NaN, so that equal rows have equal bytes.
double canonical(double value) { return std::isnan(value) ? not_a_number : value; }

/// Return whether two numbers have the same bits or differ by no more than the tolerance, if it is not 0.
bool agree(double one, double other, double tolerance) {
  if (std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(other)) return true;
  return std::abs(one - other) <= tolerance * std::max({1.0, std::abs(one), std::abs(other)}) && tolerance > 0.0;
}

bool is_outer_weights(const Variable& variable) { return variable.extra_axis == "neuron"; }

/// Return the numbers of a variable in an outcome, the first of a row's; none if this program does not know it.
std::span<const double> numbers_of(const Variable& variable, const experiment::Outcome& outcome) {
  if (variable.measure) return outcome.measures.of(*variable.measure);
  if (!is_outer_weights(variable)) return {};
  return {outcome.outer_weights.data(), static_cast<std::size_t>(outcome.outer_weights.size())};
}

/// Return the columns of a matrix that hold a variable.
template <typename Numbers>
auto columns_of(const Variable& variable, Numbers& values) {
  return values.middleCols(static_cast<Index>(variable.offset), static_cast<Index>(variable.per_row));
}

}  // namespace

std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations, std::span<const double> values,
                           std::span<const std::uint8_t> bytes) {
  uLong checksum = 0;
  const auto append = [&checksum](const void* data, std::size_t count) {
    checksum = crc32_z(checksum, static_cast<const Bytef*>(data), count);
  };
  append(&id, sizeof id);
  append(&status, sizeof status);
  append(&iterations, sizeof iterations);
  append(values.data(), values.size_bytes());
  if (!bytes.empty()) append(bytes.data(), bytes.size_bytes());  // zlib starts anew at a null pointer
  return static_cast<std::uint32_t>(checksum);
}

RowBlock::RowBlock(const Layout& layout, std::span<const experiment::Outcome> rows)
    : layout_(layout), first_(value(rows.front().id)) {
  const bool has_paths = layout.has(solver_path_variable);
  values_.setConstant(static_cast<Index>(rows.size()), static_cast<Index>(layout.values_per_row()), not_a_number);
  for (const experiment::Outcome& row : rows) {
    expects(value(row.id) == first_ + size());
    for (const Variable& variable : layout.values()) {
      const std::span<const double> numbers = numbers_of(variable, row);
      expects(numbers.size() <= variable.per_row);
      std::ranges::transform(numbers, &values_(static_cast<Index>(size()), static_cast<Index>(variable.offset)),
                             canonical);
    }
    statuses_.push_back(static_cast<std::uint8_t>(row.status));
    iterations_.push_back(row.iterations);
    if (has_paths) solver_paths_.push_back(row.solver_path.bits());
  }
}

RowBlock::RowBlock(const Variables& variables, std::uint64_t first, std::size_t count)
    : layout_(variables.layout()),
      first_(first),
      statuses_(variables.read<std::uint8_t>("status", first, count)),
      iterations_(variables.read<std::int32_t>("iterations", first, count)),
      values_(static_cast<Index>(count), static_cast<Index>(layout_.values_per_row())) {
  if (layout_.has(solver_path_variable))
    solver_paths_ = variables.read<std::uint8_t>(solver_path_variable, first, count);
  for (const Variable& variable : layout_.values()) {
    const std::vector<double> numbers = variables.read<double>(variable.name, first, count);
    columns_of(variable, values_) =
        Eigen::Map<const hdf5::RowMajorMatrix>(numbers.data(), values_.rows(), static_cast<Index>(variable.per_row));
  }
}

std::uint32_t RowBlock::checksum(std::size_t row, Status status) const {
  const std::span<const std::uint8_t> paths = solver_paths_;
  return row_checksum(ConfigurationId{first_ + row}, status, iterations_[row], values(row),
                      paths.empty() ? paths : paths.subspan(row, 1));
}

experiment::Outcome RowBlock::outcome(std::size_t row) const {
  experiment::Outcome outcome;
  outcome.id = ConfigurationId{first_ + row};
  outcome.status = known_status(statuses_[row]);
  outcome.iterations = iterations_[row];
  if (!solver_paths_.empty()) outcome.solver_path = solve::SolverPath(solver_paths_[row]);
  outcome.measures = experiment::Measures(layout_.ridges());
  for (const Variable& variable : layout_.values()) {
    const std::span<const double> numbers = values(row).subspan(variable.offset, variable.per_row);
    if (variable.measure)
      std::ranges::copy(numbers, outcome.measures.of(*variable.measure).begin());
    else if (is_outer_weights(variable))
      outcome.outer_weights = Eigen::Map<const Vector>(numbers.data(), static_cast<Index>(numbers.size()));
  }
  return outcome;
}

void RowBlock::write_values(const Variables& variables) const {
  for (const Variable& variable : layout_.values()) {
    const hdf5::RowMajorMatrix numbers = columns_of(variable, values_);
    variables.write<double>(variable.name, first_, std::span(numbers.data(), static_cast<std::size_t>(numbers.size())));
  }
  variables.write<std::int32_t>("iterations", first_, iterations_);
  if (layout_.has(solver_path_variable)) variables.write<std::uint8_t>(solver_path_variable, first_, solver_paths_);
}

void RowBlock::write_statuses(const Variables& variables) const {
  std::vector<std::uint32_t> checksums;
  for (std::size_t row = 0; row < size(); ++row) checksums.push_back(checksum(row));
  variables.write<std::uint32_t>("checksum", first_, checksums);
  variables.write<std::uint8_t>("status", first_, statuses_);
}

void write_rows(const Variables& variables, std::span<const experiment::Outcome> rows,
                std::span<const std::int32_t> ranks, std::span<const std::uint8_t> attempts) {
  const RowBlock block(variables.layout(), rows);
  const std::uint64_t first = value(rows.front().id);
  block.write_values(variables);
  for (const auto& [name, member] : time_variables) {
    std::vector<double> seconds(rows.size());
    std::ranges::transform(rows, seconds.begin(), member);
    variables.write<double>(name, first, seconds);
  }
  variables.write<std::int32_t>("rank", first, ranks);
  variables.write<std::uint8_t>("attempts", first, attempts);
  block.write_statuses(variables);
}

std::vector<Row> read_rows(const Variables& variables, std::uint64_t first, std::size_t count) {
  const RowBlock block(variables, first, count);
  const auto checksums = variables.read<std::uint32_t>("checksum", first, count);
  const auto ranks = variables.read<std::int32_t>("rank", first, count);
  const auto attempts = variables.read<std::uint8_t>("attempts", first, count);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    const auto rank = ranks[i] < 0 ? std::nullopt : std::optional<int>(ranks[i]);
    rows.push_back({block.outcome(i), rank, attempts[i], block.checksum(i) == checksums[i]});
  }
  for (const auto& [name, member] : time_variables) {
    const auto seconds = variables.read<double>(name, first, count);
    for (std::size_t i = 0; i < count; ++i) rows[i].outcome.*member = seconds[i];
  }
  return rows;
}

Status known_status(std::uint8_t byte) {
  return byte < status_names.size() ? static_cast<Status>(byte) : Status::pending;
}

std::optional<std::string> row_difference(const Layout& layout, const experiment::Outcome& one,
                                          const experiment::Outcome& other, double tolerance) {
  expects(one.id == other.id);
  if (one.status != other.status) return fmt::format("status is {} and {}", name(one.status), name(other.status));
  if (tolerance == 0.0 && one.iterations != other.iterations)
    return fmt::format("iterations is {} and {}", one.iterations, other.iterations);
  if (tolerance == 0.0 && layout.has(solver_path_variable) && one.solver_path != other.solver_path)
    return fmt::format("solver_path is {} and {}", one.solver_path.bits(), other.solver_path.bits());
  const RowBlock first(layout, std::span(&one, 1));
  const RowBlock second(layout, std::span(&other, 1));
  for (const Variable& variable : layout.values()) {
    for (std::size_t k = 0; k < variable.per_row; ++k) {
      const double left = first.values(0)[variable.offset + k];
      const double right = second.values(0)[variable.offset + k];
      if (!agree(left, right, tolerance))
        return fmt::format("{} is {} and {}", variable.name, shortest(left), shortest(right));
    }
  }
  return std::nullopt;
}

}  // namespace flatsweep::record
