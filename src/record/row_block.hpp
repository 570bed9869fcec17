#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/variables.hpp"

namespace flatsweep::record {

/// Return the CRC-32 (that of zlib) over the little-endian bytes of id (uint64), status (uint8), iterations
/// (int32), the row's deterministic float64 values in the order of the file, padding included, and further
/// bytes.
std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations, std::span<const double> values,
                           std::span<const std::uint8_t> bytes = {});

/// The deterministic part of consecutive rows, in the order and types of the file.
class RowBlock {
 public:
  /// @pre consecutive ids; measures with the axis `ridge` have no number or one a ridge; outer_weights have
  /// at
  ///      most the layout's neurons
  RowBlock(const Layout& layout, std::span<const experiment::Outcome> rows);

  /// Read rows of a file. Statuses are read before values, as they are written after them.
  RowBlock(const Layout& layout, const Variables& variables, std::uint64_t first, std::size_t count);

  [[nodiscard]] std::size_t size() const { return statuses_.size(); }
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::span<const std::uint8_t> statuses() const { return statuses_; }
  [[nodiscard]] std::span<const std::int32_t> iterations() const { return iterations_; }

  /// Solver paths, one a row; none if the file has no variable for them.
  [[nodiscard]] std::span<const std::uint8_t> solver_paths() const { return solver_paths_; }

  /// Return every number of Layout::values() of a row.
  [[nodiscard]] std::span<const double> values(std::size_t row) const {
    return {values_.data() + row * per_row_, per_row_};
  }

  /// Return the numbers offset, ..., offset + width - 1 of every row: one variable's, rows x width.
  [[nodiscard]] std::vector<double> column(std::size_t offset, std::size_t width) const;

  /// Return what a row's checksum must be.
  [[nodiscard]] std::uint32_t checksum(std::size_t row) const {
    return checksum(row, static_cast<Status>(statuses_[row]));
  }

  /// Return what a row's checksum would be with another status.
  [[nodiscard]] std::uint32_t checksum(std::size_t row, Status status) const;

  /// Return the row as an experiment would have returned it, without its times.
  [[nodiscard]] experiment::Outcome outcome(std::size_t row, const Layout& layout) const;

 private:
  std::uint64_t first_;
  std::size_t per_row_;
  std::vector<std::size_t> sources_;  // of every variable of Layout::values()
  std::vector<std::uint8_t> statuses_;
  std::vector<std::int32_t> iterations_;
  std::vector<std::uint8_t> solver_paths_;
  std::vector<double> values_;  // size() x per_row_
};

/// Write rows of consecutive ids: values, then checksums, then statuses, so that no reader takes a row for
/// whole before it is.
/// @param ranks, attempts one a row
void write_rows(const Variables& variables, const Layout& layout, std::span<const experiment::Outcome> rows,
                std::span<const std::int32_t> ranks, std::span<const std::uint8_t> attempts);

/// Read all of some rows. Statuses are read first, as they are written last.
std::vector<Row> read_rows(const Variables& variables, const Layout& layout, std::uint64_t first, std::size_t count);

/// Return a status of the file; pending if the byte is none.
Status known_status(std::uint8_t byte);

}  // namespace flatsweep::record
