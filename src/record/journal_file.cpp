#include "journal_file.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <cmath>
#include <limits>

#include "flatsweep/core/text.hpp"
#include "journal_tables.hpp"
#include "netcdf.hpp"

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

// Cut to `width` bytes between two UTF-8 characters, then padded with zeros.
std::string fixed_width(std::string text, std::size_t width) {
  text.resize(first_bytes(text, width).size());
  text.resize(width, '\0');
  return text;
}

void write_row(hid_t group, const char* name, std::size_t row, hid_t type, const void* cell) {
  const hdf5::Dataset dataset = hdf5::open_dataset(group, name);
  hdf5::Dimensions count = hdf5::dimensions_of(dataset);
  count[0] = 1;
  hdf5::Dimensions start(count.size(), 0);
  start[0] = row;
  const hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
  hdf5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
              "H5Sselect_hyperslab");
  const hdf5::Dataspace memory(hdf5::check(
      H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), "H5Screate_simple"));
  hdf5::check(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, cell), "H5Dwrite");
}

template <class T>
void write_number(hid_t group, const char* name, std::size_t row, T number) {
  write_row(group, name, row, hdf5::native_type<T>(), &number);
}

void write_text(hid_t group, const TextColumn& column, std::size_t row, const std::string& text) {
  write_row(group, column.name, row, netcdf::character_type(), fixed_width(text, column.width).data());
}

// No checksum covers these texts, and terminals and parsers of JSON read them: what is no character is a `?`.
std::string legible(std::string_view text) {
  std::string characters;
  for (const char* at = text.begin(); at != text.end();) {
    const char* const start = at;
    const auto point = boost::locale::utf::utf_traits<char>::decode(at, text.end());
    const bool is_character = boost::locale::utf::is_valid_codepoint(point) && point >= 0x20 && point != 0x7f;
    const bool is_space = point == '\n' || point == '\t';
    characters.append(is_character ? std::string(start, at) : is_space ? " " : "?");
  }
  return characters;
}

std::vector<std::string> read_texts(hid_t group, const TextColumn& column, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, column.name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows, column.width}) {
    throw hdf5::Failure(std::string("the texts ") + column.name + " have another shape");
  }
  std::string characters(rows * column.width, '\0');
  hdf5::check(H5Dread(dataset, netcdf::character_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()),
              "H5Dread");
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string cell = characters.substr(row * column.width, column.width);
    texts.push_back(legible(cell.substr(0, cell.find('\0'))));
  }
  return texts;
}

template <class T>
std::vector<T> read_numbers(hid_t group, const char* name, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows})
    throw hdf5::Failure(std::string("the rows of ") + name + " are not as many");
  return hdf5::read_all<T>(dataset);
}

hdf5::Group open_group(hid_t file, const char* name) {
  return hdf5::Group(hdf5::check(H5Gopen2(file, name, H5P_DEFAULT), "H5Gopen"));
}

void create_texts(hid_t group, const hdf5::Dataset& rows, std::span<const TextColumn> columns) {
  std::map<std::size_t, hdf5::Dataset> lengths;
  for (const TextColumn& column : columns) {
    hdf5::Dataset& length = lengths[column.width];
    if (length < 0) {
      length = netcdf::create_dimension(group, "string" + std::to_string(column.width), column.width);
    }
    netcdf::create_text_variable(group, column.name, {&rows, &length}, column.long_name);
  }
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
  create_texts(runs, run, run_texts);

  const hdf5::Group messages = hdf5::create_group(file, "messages");
  const hdf5::Dataset message = netcdf::create_dimension(messages, "message", message_rows);
  netcdf::create_variable(messages, "id", H5T_STD_U64LE, 0, {&message},
                          "row-major index of the configuration", "1");
  create_texts(messages, message, std::span(&message_text, 1));
}

std::vector<Run> read_runs(hid_t file) {
  const hdf5::Group group = open_group(file, "runs");
  const auto start = read_numbers<double>(group, "start", run_rows);
  const auto end = read_numbers<double>(group, "end", run_rows);
  const auto ranks = read_numbers<std::int32_t>(group, "ranks", run_rows);
  const auto exit_code = read_numbers<std::int32_t>(group, "exit_code", run_rows);
  std::array<std::vector<std::string>, run_texts.size()> texts;
  for (std::size_t k = 0; k < texts.size(); ++k) texts[k] = read_texts(group, run_texts[k], run_rows);

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
  const auto ids = read_numbers<std::uint64_t>(group, "id", message_rows);
  const auto texts = read_texts(group, message_text, message_rows);
  std::vector<Message> messages;
  for (std::size_t row = 0; row < message_rows && !texts[row].empty(); ++row) {
    messages.push_back({ConfigurationId{ids[row]}, texts[row]});
  }
  return messages;
}

JournalWriter::JournalWriter(hid_t file)
    : file_(file),
      runs_(open_group(file, "runs")),
      messages_(open_group(file, "messages")),
      run_row_(std::min(read_runs(file).size(), run_rows - 1)) {
  for (const Message& message : read_messages(file)) {
    entries_[value(message.id)] = {message_rows_used_++, message.text};
  }
}

void JournalWriter::begin_run(const Run& run) { write_run(run_row_, run); }

void JournalWriter::write_run(std::size_t row, const Run& run) const {
  write_number<double>(runs_, "end", row, run.end ? seconds_since_epoch(*run.end) : no_time);
  write_number<std::int32_t>(runs_, "ranks", row, run.ranks);
  write_number<std::int32_t>(runs_, "exit_code", row, run.exit_code.value_or(-1));
  const std::array<const std::string*, run_texts.size()> texts = {&run.hosts, &run.cpu_model,
                                                                  &run.blas_kernel, &run.build};
  for (std::size_t k = 0; k < texts.size(); ++k) write_text(runs_, run_texts[k], row, *texts[k]);
  write_number<double>(runs_, "start", row, seconds_since_epoch(run.start));
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
  write_number<double>(runs_, "end", run_row_, seconds_since_epoch(Run::Clock::now()));
  write_number<std::int32_t>(runs_, "exit_code", run_row_, exit_code);
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
  write_number<std::uint64_t>(messages_, "id", row, id);
  write_text(messages_, message_text, row, text);
}

}  // namespace flatsweep::record
