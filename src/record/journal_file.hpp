#pragma once

#include <map>
#include <string>
#include <vector>

#include "flatsweep/record/journal.hpp"
#include "record/hdf5_file.hpp"

namespace flatsweep::record {

/// Creates the groups /runs and /messages, with all their rows.
void create_journal(hid_t file);

/// Rows of /runs that were written.
std::vector<Run> read_runs(hid_t file);

/// Rows of /messages that were written, by id.
std::vector<Message> read_messages(hid_t file);

/// Rank 0's pen for /runs and /messages: raw writes of preallocated rows.
class JournalWriter {
 public:
  explicit JournalWriter(hid_t file);

  /// Takes the next free row, or the last one where all are taken.
  void begin_run(const Run& run);
  void end_run(int exit_code);

  /// Adds the rows of other files that are not there yet, in order of their start; the last ones where there
  /// is no room for all.
  void add_runs(std::vector<Run> runs);

  /// One message a configuration, the last one. Where all rows are taken, the smallest ids are kept.
  void add_message(const Message& message);

  /// Orders the messages by id, so that they do not tell in which order the work was done.
  void sort_messages();

 private:
  struct Entry {
    std::size_t row;
    std::string text;
  };

  void write_run(std::size_t row, const Run& run) const;
  void write_message(std::size_t row, std::uint64_t id, const std::string& text) const;

  hid_t file_;
  hdf5::Group runs_;
  hdf5::Group messages_;
  std::size_t run_row_;
  std::map<std::uint64_t, Entry> entries_;  // by id
  std::size_t message_rows_used_ = 0;
};

}  // namespace flatsweep::record
