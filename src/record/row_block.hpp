#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/layout.hpp"
#include "record/variables.hpp"

namespace flatsweep::record {

/// The deterministic part of consecutive rows, in the order and types of the file.
class RowBlock {
 public:
  /// @pre consecutive ids; measures with the axis `ridge` have no number or one a ridge; outer_weights at most
  ///      the layout's neurons
  RowBlock(const Layout& layout, std::span<const experiment::Outcome> rows);

  /// As the file has them; statuses are read before values, as they are written after them.
  RowBlock(const Layout& layout, const Variables& variables, std::uint64_t first, std::size_t count);

  [[nodiscard]] std::size_t size() const { return statuses_.size(); }
  [[nodiscard]] std::uint64_t first() const { return first_; }
  [[nodiscard]] std::span<const std::uint8_t> statuses() const { return statuses_; }
  [[nodiscard]] std::span<const std::int32_t> iterations() const { return iterations_; }

  /// Every number of Layout::values() of a row.
  [[nodiscard]] std::span<const double> values(std::size_t row) const {
    return {values_.data() + row * per_row_, per_row_};
  }

  /// The numbers offset, ..., offset + width - 1 of every row: one variable's, rows x width.
  [[nodiscard]] std::vector<double> column(std::size_t offset, std::size_t width) const;

  /// What a row's checksum must be.
  [[nodiscard]] std::uint32_t checksum(std::size_t row) const {
    return checksum(row, static_cast<Status>(statuses_[row]));
  }

  /// What it would be with another status.
  [[nodiscard]] std::uint32_t checksum(std::size_t row, Status status) const;

  /// The row as an experiment would have returned it, without its times.
  [[nodiscard]] experiment::Outcome outcome(std::size_t row, const Layout& layout) const;

 private:
  std::uint64_t first_;
  std::size_t per_row_;
  std::vector<std::uint8_t> statuses_;
  std::vector<std::int32_t> iterations_;
  std::vector<double> values_;  // size() x per_row_
};

}  // namespace flatsweep::record
