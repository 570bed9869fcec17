#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "flatsweep/record/results_file.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record {

/// Return the bytes that the groups /runs and /messages take in a file.
double run_log_bytes();

/// Create the groups /runs and /messages with all their rows.
void create_run_log(hid_t file);

/// Read the rows of /runs that were written.
std::vector<Run> read_runs(hid_t file);

/// Read the rows of /messages that were written, in their order in the file.
std::vector<Message> read_messages(hid_t file);

/// Writes preallocated rows of /runs and /messages, on rank 0 only.
class RunLogWriter {
 public:
  explicit RunLogWriter(hid_t file);

  /// Write a run to the next free row, or to the last row if none is free.
  void begin_run(const Run& run);
  /// Write how far the run of begin_run() is; nothing into a file of version 0.1.
  void write_pace(const Pace& pace) const;
  /// Write end and exit code of the run of begin_run().
  void end_run(int exit_code);

  /// Add the runs of other files that are not there yet, in order of their start; if there is no room for all, the
  /// latest.
  void add_runs(std::vector<Run> runs);

  /// Write a message. A configuration keeps its last one; if all rows are taken, the smallest ids stay.
  void add_message(const Message& message);

  /// Sort the messages by id, so that the file does not depend on the order of the work.
  void sort_messages();

 private:
  /// Where a message stands, and its text.
  struct Entry {
    std::size_t row;
    std::string text;
  };

  void write_run(std::size_t row, const Run& run) const;
  void write_pace(std::size_t row, const std::optional<Pace>& pace) const;
  void write_message(std::size_t row, std::uint64_t id, const std::string& text) const;

  hid_t file_;
  hdf5::Group runs_;
  hdf5::Group messages_;
  std::size_t run_row_;
  std::map<std::uint64_t, Entry> entries_;  // by id
  std::size_t message_rows_used_ = 0;
};

}  // namespace flatsweep::record
