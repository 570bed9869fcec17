#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "flatsweep/record/layout.hpp"
#include "record/journal_file.hpp"
#include "record/row_block.hpp"

namespace flatsweep::record {

/// A results file that this process alone writes to. Everything throws hdf5::Failure.
class ResultsEditor {
 public:
  ResultsEditor(const std::filesystem::path& file, const job::Job& job);

  [[nodiscard]] std::vector<Row> read_rows(std::uint64_t first, std::size_t count) const {
    return record::read_rows(*variables_, layout_, first, count);
  }

  /// Rows of consecutive ids, with their ranks and attempts.
  void write(std::span<const Row> rows) const;

  /// Attempts of rows are at least these.
  void raise_attempts(std::uint64_t first, std::span<const std::uint8_t> attempts) const;

  JournalWriter& journal() { return *journal_; }

  /// Nothing may follow it.
  void close();

 private:
  hdf5::File file_;
  Layout layout_;
  std::optional<Variables> variables_;  // until closed
  std::optional<JournalWriter> journal_;
};

}  // namespace flatsweep::record
