#include "record/run_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <chrono>
#include <cmath>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/text.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

/// A variable of texts of fixed length: netCDF characters, rows x width.
struct TextVariable {
  const char* name;
  const char* long_name;
  std::size_t width;                   ///< bytes
  std::string Run::*member = nullptr;  ///< that it holds, if it is one of /runs
};

constexpr std::size_t run_rows = 1024;
constexpr std::size_t message_rows = 4096;

constexpr auto run_texts = std::to_array<TextVariable>({
    {"hosts", "hosts of the ranks", 256, &Run::hosts},
    {"cpu_model", "CPU model of rank 0", 128, &Run::cpu_model},
    {"blas_kernel", "BLAS kernel of rank 0", 128, &Run::blas_kernel},
    {"build", "version and commit of the program", 64, &Run::build},
});

constexpr TextVariable message_text = {"text", "why the configuration failed", 256};

constexpr double no_time = not_a_number;
constexpr const char* epoch_seconds = "seconds since 1970-01-01 00:00:00";

double seconds_since_epoch(Run::Clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// Return the time at these seconds since 1970; a damaged number gives one of the ends of the clock.
Run::Clock::time_point time_point(double seconds) {
  constexpr double end = 9.2e9;  // s, of a clock that counts nanoseconds in 63 bits
  seconds = std::clamp(seconds, -end, end);
  return Run::Clock::time_point(
      std::chrono::duration_cast<Run::Clock::duration>(std::chrono::duration<double>(seconds)));
}

/// Replace every byte that is no printable UTF-8 character by a `?`, and line breaks by spaces: no checksum covers the
/// texts, and terminals and parsers of JSON read them.
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

hdf5::Group open_group(hid_t file, const char* name) {
  return hdf5::Group(hdf5::check(H5Gopen2(file, name, H5P_DEFAULT), "H5Gopen"));
}

/// Create a group of variables over one dimension, its rows.
void create_group(hid_t file, const char* name, const char* dimension, std::size_t rows,
                  const std::vector<Variable>& numbers, std::span<const TextVariable> texts) {
  const hdf5::Group group = hdf5::create_group(file, name);
  const hdf5::Dataset row = netcdf::create_dimension(group, dimension, rows);
  for (const Variable& variable : numbers) netcdf::create_variable(group, variable, {&row});
  std::map<std::size_t, hdf5::Dataset> lengths;  // by width
  for (const auto& [text, long_name, width, member] : texts) {
    hdf5::Dataset& length = lengths[width];
    if (length < 0) length = netcdf::create_dimension(group, fmt::format("string{}", width), width);
    netcdf::create_text_variable(group, text, long_name, {&row, &length});
  }
}

/// Write a row of a variable.
/// @param cell values of the memory type `type`
void write_cell(hid_t group, const char* name, std::size_t row, hid_t type, const void* cell) {
  const hdf5::Dataset dataset = hdf5::open_dataset(group, name);
  hdf5::Dimensions count = hdf5::dimensions_of(dataset);
  count[0] = 1;
  hdf5::Dimensions start(count.size(), 0);
  start[0] = row;
  const hdf5::Dataspace space = hdf5::box_of(dataset, start, count);
  hdf5::check(H5Dwrite(dataset, type, hdf5::space_of(count), space, H5P_DEFAULT, cell), "H5Dwrite");
}

template <typename T>
void write_number(hid_t group, const char* name, std::size_t row, T number) {
  write_cell(group, name, row, hdf5::number_type<T>().memory, &number);
}

void write_text(hid_t group, const TextVariable& variable, std::size_t row, const std::string& text) {
  std::string cell(first_bytes(text, variable.width));
  cell.resize(variable.width, '\0');
  write_cell(group, variable.name, row, H5T_C_S1, cell.data());
}

/// @throws hdf5::Failure if the variable has another number of rows
template <typename T>
std::vector<T> read_numbers(hid_t group, const char* name, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows})
    throw hdf5::Failure(fmt::format("the rows of {} are not as many", name));
  return hdf5::read_all<T>(dataset);
}

/// @throws hdf5::Failure if the variable has another shape
std::vector<std::string> read_texts(hid_t group, const TextVariable& variable, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, variable.name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows, variable.width})
    throw hdf5::Failure(fmt::format("the texts {} have another shape", variable.name));
  std::string characters(rows * variable.width, '\0');
  hdf5::check(H5Dread(dataset, H5T_C_S1, H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()), "H5Dread");
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string cell = characters.substr(row * variable.width, variable.width);
    texts.push_back(legible(cell.substr(0, cell.find('\0'))));
  }
  return texts;
}

/// Read how far the runs are; nothing from a file of version 0.1.
void read_paces(hid_t group, std::vector<Run>& runs) {
  if (!hdf5::has_link(group, "performed")) return;
  const auto at = read_numbers<double>(group, "pace_time", run_rows);
  const auto performed = read_numbers<std::uint64_t>(group, "performed", run_rows);
  const auto remaining = read_numbers<double>(group, "remaining", run_rows);
  for (std::size_t row = 0; row < runs.size(); ++row)
    if (!std::isnan(at[row])) runs[row].pace = Pace{time_point(at[row]), performed[row], remaining[row]};
}

}  // namespace

double run_log_bytes() {
  double run = 4 * sizeof(double) + sizeof(std::uint64_t) + 2 * sizeof(std::int32_t);
  for (const TextVariable& variable : run_texts) run += static_cast<double>(variable.width);
  return run_rows * run + message_rows * static_cast<double>(sizeof(std::uint64_t) + message_text.width);
}

void create_run_log(hid_t file) {
  using enum ElementType;
  create_group(file, "runs", "run", run_rows,
               {{"start", "start of the run", epoch_seconds, float64, no_time},
                {"end", "end of the run", epoch_seconds, float64, no_time},
                {"ranks", "MPI ranks", "1", int32, 0},
                {"exit_code", "exit code, -1 while it runs or if it was killed", "1", int32, -1},
                {"performed", "configurations that the run has done, at pace_time", "1", uint64, 0},
                {"remaining", "predicted time until the end of the run, at pace_time", "s", float64, no_time},
                {"pace_time", "when the run last said how far it is", epoch_seconds, float64, no_time}},
               run_texts);
  create_group(file, "messages", "message", message_rows,
               {{"id", "row-major index of the configuration", "1", uint64, 0}}, std::span(&message_text, 1));
}

std::vector<Run> read_runs(hid_t file) {
  if (!hdf5::has_link(file, "runs")) return {};  // another program wrote the file anew
  const hdf5::Group group = open_group(file, "runs");
  const auto start = read_numbers<double>(group, "start", run_rows);
  const auto end = read_numbers<double>(group, "end", run_rows);
  const auto ranks = read_numbers<std::int32_t>(group, "ranks", run_rows);
  const auto exit_code = read_numbers<std::int32_t>(group, "exit_code", run_rows);

  std::vector<Run> runs;
  for (std::size_t row = 0; row < run_rows && !std::isnan(start[row]); ++row) {
    Run run;
    run.start = time_point(start[row]);
    run.ranks = ranks[row];
    if (!std::isnan(end[row])) run.end = time_point(end[row]);
    if (exit_code[row] >= 0) run.exit_code = exit_code[row];
    runs.push_back(std::move(run));
  }
  read_paces(group, runs);
  for (const TextVariable& variable : run_texts) {
    const std::vector<std::string> texts = read_texts(group, variable, run_rows);
    for (std::size_t row = 0; row < runs.size(); ++row) runs[row].*variable.member = texts[row];
  }
  return runs;
}

std::vector<Message> read_messages(hid_t file) {
  if (!hdf5::has_link(file, "messages")) return {};
  const hdf5::Group group = open_group(file, "messages");
  const auto ids = read_numbers<std::uint64_t>(group, "id", message_rows);
  const auto texts = read_texts(group, message_text, message_rows);
  std::vector<Message> messages;
  for (std::size_t row = 0; row < message_rows && !texts[row].empty(); ++row)
    messages.push_back({ConfigurationId{ids[row]}, texts[row]});
  return messages;
}

RunLogWriter::RunLogWriter(hid_t file)
    : file_(file),
      runs_(open_group(file, "runs")),
      messages_(open_group(file, "messages")),
      run_row_(std::min(read_runs(file).size(), run_rows - 1)) {
  for (const Message& message : read_messages(file)) entries_[value(message.id)] = {message_rows_used_++, message.text};
}

void RunLogWriter::begin_run(const Run& run) { write_run(run_row_, run); }

void RunLogWriter::write_pace(const Pace& pace) const { write_pace(run_row_, pace); }

void RunLogWriter::write_pace(std::size_t row, const std::optional<Pace>& pace) const {
  if (!hdf5::has_link(runs_, "performed")) return;  // a file of version 0.1
  write_number<std::uint64_t>(runs_, "performed", row, pace ? pace->performed : 0);
  write_number<double>(runs_, "remaining", row, pace ? pace->remaining_seconds : no_time);
  write_number<double>(runs_, "pace_time", row, pace ? seconds_since_epoch(pace->at) : no_time);
}

void RunLogWriter::write_run(std::size_t row, const Run& run) const {
  write_number<double>(runs_, "end", row, run.end ? seconds_since_epoch(*run.end) : no_time);
  write_number<std::int32_t>(runs_, "ranks", row, run.ranks);
  write_number<std::int32_t>(runs_, "exit_code", row, run.exit_code.value_or(-1));
  for (const TextVariable& variable : run_texts) write_text(runs_, variable, row, run.*variable.member);
  write_pace(row, run.pace);
  write_number<double>(runs_, "start", row, seconds_since_epoch(run.start));  // last: it marks a written row
}

void RunLogWriter::add_runs(std::vector<Run> runs) {
  const std::vector<Run> known = read_runs(file_);
  const auto key = [](const Run& run) { return std::tie(run.start, run.hosts); };
  std::erase_if(runs, [&](const Run& run) { return std::ranges::find(known, key(run), key) != known.end(); });
  std::ranges::stable_sort(runs, {}, &Run::start);
  const std::size_t count = std::min(runs.size(), run_rows - known.size());
  for (std::size_t k = 0; k < count; ++k) write_run(known.size() + k, runs[runs.size() - count + k]);
  run_row_ = std::min(known.size() + count, run_rows - 1);
}

void RunLogWriter::end_run(int exit_code) {
  write_number<double>(runs_, "end", run_row_, seconds_since_epoch(Run::Clock::now()));
  write_number<std::int32_t>(runs_, "exit_code", run_row_, exit_code);
}

void RunLogWriter::add_message(const Message& message) {
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

void RunLogWriter::sort_messages() {
  std::size_t row = 0;
  for (auto& [id, entry] : entries_) {
    if (entry.row != row) write_message(row, id, entry.text);
    entry.row = row++;
  }
  for (std::size_t unused = row; unused < message_rows_used_; ++unused) write_message(unused, 0, "");
  message_rows_used_ = row;
}

void RunLogWriter::write_message(std::size_t row, std::uint64_t id, const std::string& text) const {
  write_number<std::uint64_t>(messages_, "id", row, id);
  write_text(messages_, message_text, row, text);
}

}  // namespace flatsweep::record
