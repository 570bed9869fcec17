#include "record/run_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <cmath>
#include <fstream>
#include <span>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/core/text.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

/// A column of texts of fixed length: netCDF characters, rows x width.
struct TextColumn {
  const char* name;
  const char* long_name;
  std::size_t width;  ///< bytes
};

/// A column of texts of /runs, and the member of Run that it holds.
struct RunTextColumn : TextColumn {
  std::string Run::*member;
};

constexpr std::size_t run_rows = 1024;
constexpr std::size_t message_rows = 4096;

constexpr auto run_texts = std::to_array<RunTextColumn>({
    {{"hosts", "hosts of the ranks", 256}, &Run::hosts},
    {{"cpu_model", "CPU model of rank 0", 128}, &Run::cpu_model},
    {{"blas_kernel", "BLAS kernel of rank 0", 128}, &Run::blas_kernel},
    {{"build", "version and commit of the program", 64}, &Run::build},
});

constexpr TextColumn message_text = {"text", "why the configuration failed", 256};

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

/// Cut a text to `width` bytes, between two UTF-8 characters, or pad it with zeros.
std::string fixed_width(std::string text, std::size_t width) {
  text.resize(first_bytes(text, width).size());
  text.resize(width, '\0');
  return text;
}

/// Replace every byte that is no printable UTF-8 character by a `?`, and line breaks by spaces: no checksum
/// covers the texts, and terminals and parsers of JSON read them.
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

/// Create a column of texts, and the dimension of its width if no column before it has created that.
void create_texts(hid_t group, const hdf5::Dataset& rows, const TextColumn& column,
                  std::map<std::size_t, hdf5::Dataset>& lengths) {
  hdf5::Dataset& length = lengths[column.width];
  if (length < 0) length = netcdf::create_dimension(group, fmt::format("string{}", column.width), column.width);
  netcdf::create_text_variable(group, column.name, {&rows, &length}, column.long_name);
}

/// Write a row of a column.
/// @param cell values of the memory type `type`
void write_cell(hid_t group, const char* name, std::size_t row, hid_t type, const void* cell) {
  const hdf5::Dataset dataset = hdf5::open_dataset(group, name);
  hdf5::Dimensions count = hdf5::dimensions_of(dataset);
  count[0] = 1;
  hdf5::Dimensions start(count.size(), 0);
  start[0] = row;
  const hdf5::Dataspace space(hdf5::check(H5Dget_space(dataset), "H5Dget_space"));
  hdf5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
              "H5Sselect_hyperslab");
  const hdf5::Dataspace memory(
      hdf5::check(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), "H5Screate_simple"));
  hdf5::check(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, cell), "H5Dwrite");
}

template <typename T>
void write_number(hid_t group, const char* name, std::size_t row, T number) {
  write_cell(group, name, row, hdf5::native_type<T>(), &number);
}

void write_text(hid_t group, const TextColumn& column, std::size_t row, const std::string& text) {
  write_cell(group, column.name, row, netcdf::character_type(), fixed_width(text, column.width).data());
}

/// @throws hdf5::Failure if the column has another number of rows
template <typename T>
std::vector<T> read_numbers(hid_t group, const char* name, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows})
    throw hdf5::Failure(fmt::format("the rows of {} are not as many", name));
  return hdf5::read_all<T>(dataset);
}

/// @throws hdf5::Failure if the column has another shape
std::vector<std::string> read_texts(hid_t group, const TextColumn& column, std::size_t rows) {
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(group, column.name);
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{rows, column.width})
    throw hdf5::Failure(fmt::format("the texts {} have another shape", column.name));
  std::string characters(rows * column.width, '\0');
  hdf5::check(H5Dread(dataset, netcdf::character_type(), H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()), "H5Dread");
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::string cell = characters.substr(row * column.width, column.width);
    texts.push_back(legible(cell.substr(0, cell.find('\0'))));
  }
  return texts;
}

std::string cpu_model() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace

Run this_run(int ranks, const std::string& hosts) {
  const BuildInformation& build = build_information();
  Run run;
  run.start = Run::Clock::now();
  run.ranks = ranks;
  run.hosts = hosts;
  run.cpu_model = cpu_model();
  run.blas_kernel = dense::library();
  run.build = fmt::format("{} {}", build.version, build.commit);
  return run;
}

double run_log_bytes() {
  double run = 2 * sizeof(double) + 2 * sizeof(std::int32_t);
  for (const RunTextColumn& column : run_texts) run += static_cast<double>(column.width);
  return run_rows * run + message_rows * static_cast<double>(sizeof(std::uint64_t) + message_text.width);
}

void create_run_log(hid_t file) {
  std::map<std::size_t, hdf5::Dataset> lengths;
  const hdf5::Group runs = hdf5::create_group(file, "runs");
  const hdf5::Dataset run = netcdf::create_dimension(runs, "run", run_rows);
  netcdf::create_variable(runs, "start", H5T_IEEE_F64LE, no_time, {&run}, "start of the run", epoch_seconds);
  netcdf::create_variable(runs, "end", H5T_IEEE_F64LE, no_time, {&run}, "end of the run", epoch_seconds);
  netcdf::create_variable(runs, "ranks", H5T_STD_I32LE, 0, {&run}, "MPI ranks", "1");
  netcdf::create_variable(runs, "exit_code", H5T_STD_I32LE, -1, {&run},
                          "exit code, -1 while it runs or if it was killed", "1");
  for (const RunTextColumn& column : run_texts) create_texts(runs, run, column, lengths);

  lengths.clear();
  const hdf5::Group messages = hdf5::create_group(file, "messages");
  const hdf5::Dataset message = netcdf::create_dimension(messages, "message", message_rows);
  netcdf::create_variable(messages, "id", H5T_STD_U64LE, 0, {&message}, "row-major index of the configuration", "1");
  create_texts(messages, message, message_text, lengths);
}

std::vector<Run> read_runs(hid_t file) {
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
  for (const RunTextColumn& column : run_texts) {
    const std::vector<std::string> texts = read_texts(group, column, run_rows);
    for (std::size_t row = 0; row < runs.size(); ++row) runs[row].*column.member = texts[row];
  }
  return runs;
}

std::vector<Message> read_messages(hid_t file) {
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

void RunLogWriter::write_run(std::size_t row, const Run& run) const {
  write_number<double>(runs_, "end", row, run.end ? seconds_since_epoch(*run.end) : no_time);
  write_number<std::int32_t>(runs_, "ranks", row, run.ranks);
  write_number<std::int32_t>(runs_, "exit_code", row, run.exit_code.value_or(-1));
  for (const RunTextColumn& column : run_texts) write_text(runs_, column, row, run.*column.member);
  write_number<double>(runs_, "start", row, seconds_since_epoch(run.start));  // last: it marks a written row
}

void RunLogWriter::add_runs(std::vector<Run> runs) {
  const std::vector<Run> known = read_runs(file_);
  std::erase_if(runs, [&](const Run& run) {
    return std::ranges::any_of(known,
                               [&](const Run& other) { return run.start == other.start && run.hosts == other.hosts; });
  });
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
