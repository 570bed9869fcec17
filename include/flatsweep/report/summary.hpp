#pragma once

#include <array>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Why configurations failed: one message, how often, and where first.
struct Reason {
  std::string message;    ///< of the first of them
  std::uint64_t count;    ///< configurations with this message
  ConfigurationId first;  ///< the least id
};

/// How far a results file is.
struct Summary {
  std::string title;                                        ///< of the job
  std::array<std::uint64_t, status_names.size()> counts{};  ///< rows by Status
  std::uint64_t torn = 0;  ///< of the pending ones; 0 too where the file is too large to look (torn_rows.hpp)
  std::vector<Reason> reasons;       ///< most frequent first
  std::vector<record::Run> runs;     ///< oldest first
  std::optional<bool> running = {};  ///< whether a run holds the file; nothing where that is not known

  /// Rows of this status.
  [[nodiscard]] std::uint64_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
  /// All rows.
  [[nodiscard]] std::uint64_t total() const;
  /// Rows that are not pending.
  [[nodiscard]] std::uint64_t done() const { return total() - count(Status::pending); }

  /// Whether rows are pending though the last run did all that it was asked for: a shard, --where or --pilot.
  [[nodiscard]] bool is_part_done() const;
};

/// Reads the file in blocks; works while a run writes.
Summary summarise(const record::ResultsReader& reader);

/// For a terminal: at most 100 columns but for messages.
void print_summary(std::ostream& out, const Summary& summary);

/// Every configuration that is failed, crashed or inaccurate: id, axis values, message; one a line.
void print_failed(std::ostream& out, const record::ResultsReader& reader);

/// All of it as one JSON object; `failed` adds the list of print_failed.
void print_json(std::ostream& out, const Summary& summary, const record::ResultsReader& reader, bool failed);

}  // namespace flatsweep::report
