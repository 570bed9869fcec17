#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/variables.hpp"

namespace flatsweep::record {

/// The variables of time, and the member of an outcome that each holds.
inline constexpr auto time_variables = std::to_array<std::pair<const char*, double experiment::Outcome::*>>({
    {"sample_seconds", &experiment::Outcome::sample_seconds},
    {"solve_seconds", &experiment::Outcome::solve_seconds},
    {"measure_seconds", &experiment::Outcome::measure_seconds},
});

/// Return how many rows to hold in memory at a time: 8 MB of values.
inline std::size_t rows_per_block(const Layout& layout) {
  return std::max<std::size_t>(1, (std::size_t{1} << 20) / layout.values_per_row());
}

/// Return the CRC-32 (that of zlib) over the little-endian bytes of id (uint64), status (uint8), iterations (int32),
/// the row's deterministic float64 values in the order of the file, padding included, and further bytes.
std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations, std::span<const double> values,
                           std::span<const std::uint8_t> bytes = {});

/// The deterministic part of consecutive rows, in the order and types of the file.
class RowBlock {
 public:
  /// @pre the layout outlives the block; consecutive ids; measures with the axis `ridge` have no number or one per
  ///      ridge; outer_weights have at most the layout's neurons
  RowBlock(const Layout& layout, std::span<const experiment::Outcome> rows);

  /// Read rows of a file. Statuses are read before values, as they are written after them.
  /// @pre the variables outlive the block
  RowBlock(const Variables& variables, std::uint64_t first, std::size_t count);

  [[nodiscard]] std::size_t size() const { return statuses_.size(); }

  /// Return every number of Layout::values() of a row.
  [[nodiscard]] std::span<const double> values(std::size_t row) const {
    return {values_.row(static_cast<Index>(row)).data(), layout_.values_per_row()};
  }

  /// Return the row's status in the file, even if it is none.
  [[nodiscard]] std::uint8_t status(std::size_t row) const { return statuses_[row]; }

  /// Return what a row's checksum must be.
  [[nodiscard]] std::uint32_t checksum(std::size_t row) const {
    return checksum(row, static_cast<Status>(statuses_[row]));
  }

  /// Return what a row's checksum would be with another status.
  [[nodiscard]] std::uint32_t checksum(std::size_t row, Status status) const;

  /// Return the row as an experiment would have returned it, without its times.
  [[nodiscard]] experiment::Outcome outcome(std::size_t row) const;

  /// Write the rows but for checksums and statuses.
  void write_values(const Variables& variables) const;

  /// Write checksums, then statuses.
  void write_statuses(const Variables& variables) const;

 private:
  const Layout& layout_;
  std::uint64_t first_;
  std::vector<std::uint8_t> statuses_;
  std::vector<std::int32_t> iterations_;
  std::vector<std::uint8_t> solver_paths_;  // none if the file has no variable for them
  hdf5::RowMajorMatrix values_;             // size() x Layout::values_per_row()
};

/// Write rows of consecutive ids: values, then checksums, then statuses, so that no reader takes a row for whole before
/// it is.
/// @param ranks, attempts one per row
void write_rows(const Variables& variables, std::span<const experiment::Outcome> rows,
                std::span<const std::int32_t> ranks, std::span<const std::uint8_t> attempts);

/// Read all of some rows. Statuses are read first, as they are written last.
std::vector<Row> read_rows(const Variables& variables, std::uint64_t first, std::size_t count);

/// Return a status of the file; pending if the byte is none.
Status known_status(std::uint8_t byte);

}  // namespace flatsweep::record
