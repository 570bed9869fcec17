#include "record/row_columns.hpp"

#include <algorithm>

#include "record/row_block.hpp"

namespace flatsweep::record {
namespace {

std::vector<double> gather(std::span<const experiment::Outcome> rows, double experiment::Outcome::*seconds) {
  std::vector<double> column(rows.size());
  std::ranges::transform(rows, column.begin(), seconds);
  return column;
}

template <typename T>
std::vector<T> read_column(const Variables& variables, const char* name, std::uint64_t first,
                           std::size_t count) {
  std::vector<T> column(count);
  variables.read<T>(name, first, column);
  return column;
}

}  // namespace

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

std::vector<Row> read_rows(const Variables& variables, const Layout& layout, std::uint64_t first,
                           std::size_t count) {
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

}  // namespace flatsweep::record
