#include "record/journal_file.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "record/journal_columns.hpp"
#include "record/netcdf.hpp"

namespace flatsweep::record {
namespace {

constexpr double no_time = std::numeric_limits<double>::quiet_NaN();
constexpr const char* epoch_seconds = "seconds since 1970-01-01 00:00:00";

double seconds_since_epoch(Run::Clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

// Damaged ones at the ends of the clock.
Run::Clock::time_point time_point(double seconds) {
  constexpr double end = 9.2e9;  // s, of a clock that counts nanoseconds in 63 bits
  seconds = std::clamp(seconds, -end, end);
  return Run::Clock::time_point(
      std::chrono::duration_cast<Run::Clock::duration>(std::chrono::duration<double>(seconds)));
}

hdf5::Group open_group(hid_t file, const char* name) {
  return hdf5::Group(hdf5::check(H5Gopen2(file, name, H5P_DEFAULT), "H5Gopen"));
}

}  // namespace

void create_journal(hid_t file) {
  const hdf5::Group runs = hdf5::create_group(file, "runs");
  const hdf5::Dataset run = netcdf::create_dimension(runs, "run", run_rows);
  netcdf::create_variable(runs, "start", H5T_IEEE_F64LE, no_time, {&run}, "start of the run", epoch_seconds);
  netcdf::create_variable(runs, "end", H5T_IEEE_F64LE, no_time, {&run}, "end of the run", epoch_seconds);
  netcdf::create_variable(runs, "ranks", H5T_STD_I32LE, 0, {&run}, "MPI ranks", "1");
  netcdf::create_variable(runs, "exit_code", H5T_STD_I32LE, -1, {&run},
                          "exit code, -1 while it runs or where it was killed", "1");
  journal::create_texts(runs, run, run_texts);

  const hdf5::Group messages = hdf5::create_group(file, "messages");
  const hdf5::Dataset message = netcdf::create_dimension(messages, "message", message_rows);
  netcdf::create_variable(messages, "id", H5T_STD_U64LE, 0, {&message},
                          "row-major index of the configuration", "1");
  journal::create_texts(messages, message, std::span(&message_text, 1));
}

std::vector<Run> read_runs(hid_t file) {
  const hdf5::Group group = open_group(file, "runs");
  const auto start = journal::read_numbers<double>(group, "start", run_rows);
  const auto end = journal::read_numbers<double>(group, "end", run_rows);
  const auto ranks = journal::read_numbers<std::int32_t>(group, "ranks", run_rows);
  const auto exit_code = journal::read_numbers<std::int32_t>(group, "exit_code", run_rows);
  std::array<std::vector<std::string>, run_texts.size()> texts;
  for (std::size_t k = 0; k < texts.size(); ++k)
    texts[k] = journal::read_texts(group, run_texts[k], run_rows);

  std::vector<Run> runs;
  for (std::size_t row = 0; row < run_rows && !std::isnan(start[row]); ++row) {
    Run run{time_point(start[row]), {},           ranks[row], {}, texts[0][row], texts[1][row],
            texts[2][row],          texts[3][row]};
    if (!std::isnan(end[row])) run.end = time_point(end[row]);
    if (exit_code[row] >= 0) run.exit_code = exit_code[row];
    runs.push_back(std::move(run));
  }
  return runs;
}

std::vector<Message> read_messages(hid_t file) {
  const hdf5::Group group = open_group(file, "messages");
  const auto ids = journal::read_numbers<std::uint64_t>(group, "id", message_rows);
  const auto texts = journal::read_texts(group, message_text, message_rows);
  std::vector<Message> messages;
  for (std::size_t row = 0; row < message_rows && !texts[row].empty(); ++row)
    messages.push_back({ConfigurationId{ids[row]}, texts[row]});
  return messages;
}

JournalWriter::JournalWriter(hid_t file)
    : file_(file),
      runs_(open_group(file, "runs")),
      messages_(open_group(file, "messages")),
      run_row_(std::min(read_runs(file).size(), run_rows - 1)) {
  for (const Message& message : read_messages(file))
    entries_[value(message.id)] = {message_rows_used_++, message.text};
}

void JournalWriter::begin_run(const Run& run) { write_run(run_row_, run); }

void JournalWriter::write_run(std::size_t row, const Run& run) const {
  journal::write_number<double>(runs_, "end", row, run.end ? seconds_since_epoch(*run.end) : no_time);
  journal::write_number<std::int32_t>(runs_, "ranks", row, run.ranks);
  journal::write_number<std::int32_t>(runs_, "exit_code", row, run.exit_code.value_or(-1));
  const std::array<const std::string*, run_texts.size()> texts = {&run.hosts, &run.cpu_model,
                                                                  &run.blas_kernel, &run.build};
  for (std::size_t k = 0; k < texts.size(); ++k) journal::write_text(runs_, run_texts[k], row, *texts[k]);
  journal::write_number<double>(runs_, "start", row, seconds_since_epoch(run.start));
}

void JournalWriter::add_runs(std::vector<Run> runs) {
  const std::vector<Run> known = read_runs(file_);
  std::erase_if(runs, [&](const Run& run) {
    return std::ranges::any_of(
        known, [&](const Run& other) { return run.start == other.start && run.hosts == other.hosts; });
  });
  std::ranges::stable_sort(runs, {}, &Run::start);
  const std::size_t count = std::min(runs.size(), run_rows - known.size());
  for (std::size_t k = 0; k < count; ++k) write_run(known.size() + k, runs[runs.size() - count + k]);
  run_row_ = std::min(known.size() + count, run_rows - 1);
}

void JournalWriter::end_run(int exit_code) {
  journal::write_number<double>(runs_, "end", run_row_, seconds_since_epoch(Run::Clock::now()));
  journal::write_number<std::int32_t>(runs_, "exit_code", run_row_, exit_code);
}

void JournalWriter::add_message(const Message& message) {
  const std::uint64_t id = value(message.id);
  const std::string text = message.text.empty() ? "no message" : message.text;
  std::size_t row = message_rows_used_;
  if (const auto known = entries_.find(id); known != entries_.end()) {
    row = known->second.row;
  } else if (message_rows_used_ == message_rows) {
    const auto last = std::prev(entries_.end());
    if (id > last->first) return;
    row = last->second.row;
    entries_.erase(last);
  } else {
    ++message_rows_used_;
  }
  write_message(row, id, text);
  entries_[id] = {row, text};
}

void JournalWriter::sort_messages() {
  std::size_t row = 0;
  for (auto& [id, entry] : entries_) {
    if (entry.row != row) write_message(row, id, entry.text);
    entry.row = row++;
  }
  for (std::size_t stale = row; stale < message_rows_used_; ++stale) write_message(stale, 0, "");
  message_rows_used_ = row;
}

void JournalWriter::write_message(std::size_t row, std::uint64_t id, const std::string& text) const {
  journal::write_number<std::uint64_t>(messages_, "id", row, id);
  journal::write_text(messages_, message_text, row, text);
}

}  // namespace flatsweep::record
