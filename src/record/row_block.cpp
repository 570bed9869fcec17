#include "record/row_block.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/text.hpp"

namespace flatsweep::record {
namespace {

static_assert(std::endian::native == std::endian::little, "the checksum is that of little-endian bytes");

constexpr const char* path_variable = "solver_path";

/// Return one bit pattern for NaN, so that equal rows have equal bytes.
double canonical(double value) { return std::isnan(value) ? not_a_number : value; }

/// Return whether two numbers have the same bits or differ by no more than the tolerance, if it is not 0.
bool agree(double one, double other, double tolerance) {
  if (std::bit_cast<std::uint64_t>(one) == std::bit_cast<std::uint64_t>(other)) return true;
  return std::abs(one - other) <= tolerance * std::max({1.0, std::abs(one), std::abs(other)}) && tolerance > 0.0;
}

/// Return where an outcome has the numbers of every variable of Layout::values(): the position of its measure
/// in the table; the table's length for outer weights; one more for a variable that this program does not
/// know.
std::vector<std::size_t> sources_of(const Layout& layout) {
  const auto table = experiment::measure_table();
  std::vector<std::size_t> sources;
  for (const Variable& variable : layout.values()) {
    const auto measure = std::ranges::find(table, variable.name, &experiment::Measure::name);
    sources.push_back(static_cast<std::size_t>(measure - table.begin()));
    if (measure == table.end() && variable.name != "outer_weights") ++sources.back();
  }
  return sources;
}

/// The numbers of a variable in an outcome.
class Source {
 public:
  /// @param source of sources_of
  explicit Source(std::size_t source) : source_(source) {}

  /// Return the numbers, the first of a row's; none of a variable that this program does not know.
  [[nodiscard]] std::span<const double> numbers(const experiment::Outcome& outcome) const {
    const Vector& weights = outcome.outer_weights;
    if (is_outer_weights()) return {weights.data(), static_cast<std::size_t>(weights.size())};
    return is_measure() ? outcome.measures.of(source_) : std::span<const double>();
  }

  /// Set the numbers of an outcome to those of a row.
  void set(experiment::Outcome& outcome, std::span<const double> numbers) const {
    if (is_outer_weights())
      outcome.outer_weights = Eigen::Map<const Vector>(numbers.data(), static_cast<Index>(numbers.size()));
    else if (is_measure())
      std::ranges::copy(numbers, outcome.measures.of(source_).begin());
  }

 private:
  [[nodiscard]] bool is_measure() const { return source_ < experiment::measure_table().size(); }
  [[nodiscard]] bool is_outer_weights() const { return source_ == experiment::measure_table().size(); }

  std::size_t source_;
};

std::vector<double> gather(std::span<const experiment::Outcome> rows, double experiment::Outcome::*seconds) {
  std::vector<double> column(rows.size());
  std::ranges::transform(rows, column.begin(), seconds);
  return column;
}

template <typename T>
std::vector<T> read_column(const Variables& variables, const char* name, std::uint64_t first, std::size_t count) {
  std::vector<T> column(count);
  variables.read<T>(name, first, column);
  return column;
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
    : first_(value(rows.front().id)),
      per_row_(layout.values_per_row()),
      sources_(sources_of(layout)),
      values_(rows.size() * layout.values_per_row(), not_a_number) {
  const bool has_paths = layout.has(path_variable);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    expects(value(rows[i].id) == first_ + i);
    statuses_.push_back(static_cast<std::uint8_t>(rows[i].status));
    iterations_.push_back(rows[i].iterations);
    if (has_paths) solver_paths_.push_back(rows[i].solver_path.bits());
  }
  auto next = sources_.begin();
  std::size_t offset = 0;
  for (const Variable& variable : layout.values()) {
    const Source source(*next++);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::span<const double> numbers = source.numbers(rows[i]);
      expects(numbers.size() <= variable.per_row);
      std::ranges::transform(numbers, values_.begin() + static_cast<std::ptrdiff_t>(i * per_row_ + offset), canonical);
    }
    offset += variable.per_row;
  }
}

RowBlock::RowBlock(const Layout& layout, const Variables& variables, std::uint64_t first, std::size_t count)
    : first_(first),
      per_row_(layout.values_per_row()),
      sources_(sources_of(layout)),
      statuses_(count),
      iterations_(count),
      values_(count * layout.values_per_row()) {
  variables.read<std::uint8_t>("status", first, statuses_);
  variables.read<std::int32_t>("iterations", first, iterations_);
  if (layout.has(path_variable)) {
    solver_paths_.resize(count);
    variables.read<std::uint8_t>(path_variable, first, solver_paths_);
  }
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
  const std::span<const std::uint8_t> paths = solver_paths();
  return row_checksum(ConfigurationId{first_ + row}, status, iterations_[row], values(row),
                      paths.empty() ? paths : paths.subspan(row, 1));
}

experiment::Outcome RowBlock::outcome(std::size_t row, const Layout& layout) const {
  experiment::Outcome outcome;
  outcome.id = ConfigurationId{first_ + row};
  outcome.status = static_cast<Status>(statuses_[row]);
  outcome.iterations = iterations_[row];
  if (!solver_paths_.empty()) outcome.solver_path = solve::SolverPath(solver_paths_[row]);
  outcome.measures = experiment::Measures(layout.ridges());
  auto source = sources_.begin();
  std::size_t offset = 0;
  for (const Variable& variable : layout.values()) {
    Source(*source++).set(outcome, values(row).subspan(offset, variable.per_row));
    offset += variable.per_row;
  }
  return outcome;
}

void write_rows(const Variables& variables, const Layout& layout, std::span<const experiment::Outcome> rows,
                std::span<const std::int32_t> ranks, std::span<const std::uint8_t> attempts) {
  const RowBlock block(layout, rows);
  const std::uint64_t first = block.first();
  std::size_t offset = 0;
  for (const Variable& variable : layout.values()) {
    variables.write<double>(variable.name, first, block.column(offset, variable.per_row));
    offset += variable.per_row;
  }
  variables.write<std::int32_t>("iterations", first, block.iterations());
  if (layout.has(path_variable)) variables.write<std::uint8_t>(path_variable, first, block.solver_paths());
  variables.write<double>("sample_seconds", first, gather(rows, &experiment::Outcome::sample_seconds));
  variables.write<double>("solve_seconds", first, gather(rows, &experiment::Outcome::solve_seconds));
  variables.write<double>("measure_seconds", first, gather(rows, &experiment::Outcome::measure_seconds));
  variables.write<std::int32_t>("rank", first, ranks);
  variables.write<std::uint8_t>("attempts", first, attempts);

  std::vector<std::uint32_t> checksums;
  for (std::size_t i = 0; i < rows.size(); ++i) checksums.push_back(block.checksum(i));
  variables.write<std::uint32_t>("checksum", first, checksums);
  variables.write<std::uint8_t>("status", first, block.statuses());
}

std::vector<Row> read_rows(const Variables& variables, const Layout& layout, std::uint64_t first, std::size_t count) {
  const RowBlock block(layout, variables, first, count);
  const auto checksums = read_column<std::uint32_t>(variables, "checksum", first, count);
  const auto ranks = read_column<std::int32_t>(variables, "rank", first, count);
  const auto attempts = read_column<std::uint8_t>(variables, "attempts", first, count);
  const auto sample = read_column<double>(variables, "sample_seconds", first, count);
  const auto solve = read_column<double>(variables, "solve_seconds", first, count);
  const auto measure = read_column<double>(variables, "measure_seconds", first, count);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Row row{block.outcome(i, layout), ranks[i], attempts[i], block.checksum(i) == checksums[i]};
    row.outcome.status = known_status(block.statuses()[i]);
    row.outcome.sample_seconds = sample[i];
    row.outcome.solve_seconds = solve[i];
    row.outcome.measure_seconds = measure[i];
    rows.push_back(std::move(row));
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
  if (tolerance == 0.0 && layout.has("solver_path") && one.solver_path != other.solver_path)
    return fmt::format("solver_path is {} and {}", one.solver_path.bits(), other.solver_path.bits());
  const RowBlock first(layout, std::span(&one, 1));
  const RowBlock second(layout, std::span(&other, 1));
  std::size_t position = 0;
  for (const Variable& variable : layout.values()) {
    for (std::size_t k = 0; k < variable.per_row; ++k, ++position) {
      const double left = first.values(0)[position];
      const double right = second.values(0)[position];
      if (!agree(left, right, tolerance))
        return fmt::format("{} is {} and {}", variable.name, shortest(left), shortest(right));
    }
  }
  return std::nullopt;
}

}  // namespace flatsweep::record
