#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/row_block.hpp"
#include "record/run_log.hpp"

namespace flatsweep::record {

/// A results file that this process alone writes to. All of it throws hdf5::Failure.
class ResultsEditor {
 public:
  /// Open the results file of this job.
  ResultsEditor(const std::filesystem::path& file, const job::Job& job)
      : file_(hdf5::open_file_for_writing(file)),
        variables_(std::in_place, file_, job),
        run_log_(std::in_place, file_) {}

  [[nodiscard]] std::vector<Row> read_rows(std::uint64_t first, std::size_t count) const {
    return record::read_rows(*variables_, first, count);
  }

  /// Write rows of consecutive ids, with their ranks and attempts.
  void write(std::span<const Row> rows) const {
    std::vector<experiment::Outcome> outcomes;
    std::vector<std::int32_t> ranks;
    std::vector<std::uint8_t> attempts;
    for (const Row& row : rows) {
      outcomes.push_back(row.outcome);
      ranks.push_back(row.rank.value_or(-1));
      attempts.push_back(static_cast<std::uint8_t>(row.attempts));
    }
    write_rows(*variables_, outcomes, ranks, attempts);
  }

  /// Raise the attempts of the rows from `first` on to at least these.
  void raise_attempts(std::uint64_t first, std::span<const std::uint8_t> attempts) const {
    const auto stored = variables_->read<std::uint8_t>("attempts", first, attempts.size());
    std::vector<std::uint8_t> raised(attempts.size());
    std::ranges::transform(stored, attempts, raised.begin(), std::ranges::max);
    if (raised != stored) variables_->write<std::uint8_t>("attempts", first, raised);
  }

  RunLogWriter& run_log() { return *run_log_; }

  /// Close the file; no other call may follow.
  void close() {
    run_log_.reset();
    variables_.reset();
    hdf5::close(std::move(file_));
  }

 private:
  hdf5::File file_;
  std::optional<Variables> variables_;  // until closed
  std::optional<RunLogWriter> run_log_;
};

/// Call `visit` with the longest spans of rows whose ids are consecutive and for whose index `wanted` holds.
template <typename Wanted, typename Visit>
void for_each_stretch(std::span<const Row> rows, Wanted wanted, Visit visit) {
  for (std::size_t first = 0, last = 0; first < rows.size(); first = last + 1) {
    last = first;
    if (!wanted(first)) continue;
    while (last + 1 < rows.size() && wanted(last + 1) &&
           value(rows[last + 1].outcome.id) == value(rows[last].outcome.id) + 1)
      ++last;
    visit(rows.subspan(first, last - first + 1));
  }
}

/// Call `visit` with all rows that have a status, torn ones included, in the order of their ids: spans of consecutive
/// ids, short enough for memory.
template <typename Visit>
void for_each_recorded(const ResultsReader& reader, Visit visit) {
  std::vector<Status> statuses;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    statuses.resize(std::min<std::uint64_t>(rows_per_block(reader.layout()), reader.rows() - first));
    reader.read_statuses(first, statuses);
    if (std::ranges::all_of(statuses, [](Status status) { return status == Status::pending; })) continue;
    const std::vector<Row> rows = reader.read_rows(first, statuses.size());
    for_each_stretch(
        std::span(rows), [&](std::size_t i) { return rows[i].outcome.status != Status::pending; }, visit);
  }
}

}  // namespace flatsweep::record
