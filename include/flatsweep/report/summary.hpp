#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// A reason why configurations failed, crashed or are inaccurate.
struct Reason {
  std::string message;    ///< status and message
  std::uint64_t count;    ///< configurations with this message
  ConfigurationId first;  ///< the least id of them
};

/// How far a results file is.
struct Summary {
  std::string title;       ///< the job's name
  StatusCounts counts{};   ///< rows by Status
  std::uint64_t torn = 0;  ///< pending rows that are torn; 0 in a file of more than 256 MiB, whose rows are not checked
  std::vector<Reason> reasons;                  ///< most frequent first
  std::vector<record::Run> runs;                ///< oldest first
  std::vector<record::Activity> activity = {};  ///< what the ranks of the run that is at work are at, the longest first
  std::optional<bool> running = {};             ///< whether a run holds the file; nothing if that is unknown

  /// Return the number of rows of this status.
  [[nodiscard]] std::uint64_t count(Status status) const { return counts[static_cast<std::size_t>(status)]; }
  /// Return the number of all rows.
  [[nodiscard]] std::uint64_t total() const;
  /// Return the number of rows that are not pending.
  [[nodiscard]] std::uint64_t done() const { return total() - count(Status::pending); }

  /// Return whether a run is at work, as far as that is known.
  [[nodiscard]] bool is_running() const;
  /// Return the seconds of the last run so far, or until its end; nothing if it was killed, or there is none.
  [[nodiscard]] std::optional<double> elapsed_seconds() const;

  /// Return the rows a second that the run does which is at work; nothing if there is none, or it did not say it.
  [[nodiscard]] std::optional<double> rows_per_second() const;
  /// Return the seconds until that run ends, as it predicts them itself; nothing as above.
  [[nodiscard]] std::optional<double> remaining_seconds() const;

  /// Return whether rows are pending although the last run did all that it was asked for: a shard, --where or
  /// --pilot.
  [[nodiscard]] bool is_part_done() const;
};

/// Summarise a results file, which a run may be writing. Reads it in blocks.
Summary summarise(const record::ResultsReader& reader);

/// Return a sentence, without its full stop, on a number of torn rows; empty for 0.
std::string torn_rows_text(std::uint64_t count);

/// Print for a terminal, in at most 100 columns but for messages.
void print_summary(std::ostream& out, const Summary& summary, const job::Job& job);

/// Print when, where and on how many ranks the last run works, or how it ended; nothing if there is none.
void print_last_run(std::ostream& out, const Summary& summary, std::size_t width);

/// Print a line for each configuration that failed, crashed or is inaccurate: id, axis values, message.
void print_failed(std::ostream& out, const record::ResultsReader& reader);

/// Print the summary as one JSON object. @param failed adds the list of print_failed
void print_json(std::ostream& out, const Summary& summary, const record::ResultsReader& reader, bool failed);

}  // namespace flatsweep::report
