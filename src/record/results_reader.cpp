#include "flatsweep/record/results_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/read_job.hpp"
#include "flatsweep/record/file_kind.hpp"
#include "record/child.hpp"
#include "record/hdf5_file.hpp"
#include "record/journal_file.hpp"
#include "record/row_block.hpp"
#include "record/skeleton.hpp"

namespace flatsweep::record {
namespace {

constexpr std::size_t block_numbers = std::size_t{1} << 20;  // 8 MB of values at a time

job::Job read_job(hid_t file) {
  try {
    return job::parse_resolved(hdf5::read_checked_text_attribute(file, job_attribute), "its job");
  } catch (const Error& error) {
    throw hdf5::Failure(error.what());
  }
}

Error not_a_results_file(const std::filesystem::path& file, const std::string& why) {
  const FileKind kind = kind_of(file);
  const bool was_one = kind == FileKind::results || kind == FileKind::unreadable_hdf5;
  if (was_one) {
    return Error(file.string() + " is not a sound results file of flatsweep", why,
                 std::string("Name another file; if it is the right one, it was damaged: delete it") +
                     (kind == FileKind::results ? ", or run with --overwrite." : "."));
  }
  const bool is_of_solve = kind == FileKind::experiment || kind == FileKind::program_solution;
  return Error(file.string() + " is not a results file of flatsweep run",
               "it is " + std::string(describe(kind)),
               is_of_solve ? "Read its arrays with h5py, or name a results file." : "Name a results file.");
}

// Calls of the library, with the file's name on what goes wrong.
template <typename Call>
auto reading(const std::filesystem::path& file, Call call) {
  try {
    return call();
  } catch (const hdf5::Failure& failure) {
    throw not_a_results_file(file, failure.what());
  }
}

// A status that is lost is one whose absence the checksum shows: the row was written whole before.
bool has_lost_status(const RowBlock& rows, std::size_t row, std::uint32_t checksum) {
  for (std::size_t status = 1; status < status_names.size(); ++status)
    if (rows.checksum(row, static_cast<Status>(status)) == checksum) return true;
  return false;
}

bool is_torn(const RowBlock& rows, std::size_t row, std::uint32_t checksum) {
  if (rows.statuses()[row] != 0) return rows.checksum(row) != checksum;
  return checksum != 0 && has_lost_status(rows, row, checksum);
}

// Whether the coordinates of the axis are what the job says. Names are of variable length, which HDF5 may not
// survive where they are damaged: they are not looked at.
bool has_values(hid_t file, const job::Axis& axis) {
  if (std::holds_alternative<std::vector<std::string>>(axis.values)) return true;
  const hdf5::Dataset dataset = hdf5::open_contiguous_dataset(file, axis.name.c_str());
  if (hdf5::dimensions_of(dataset) != hdf5::Dimensions{axis.size()}) return false;
  if (const auto* numbers = std::get_if<std::vector<double>>(&axis.values))
    return hdf5::read_all<double>(dataset) == *numbers;
  return hdf5::read_all<std::int64_t>(dataset) == std::get<std::vector<std::int64_t>>(axis.values);
}

}  // namespace

struct ResultsReader::Implementation {
  explicit Implementation(const std::filesystem::path& name)
      : path(name),
        file(hdf5::open_file(name)),
        job(read_job(file)),
        layout(read_layout(file, job)),
        variables(file, layout) {}

  // All that the library has to understand. What is left are plain numbers in known places.
  static void try_out(const std::filesystem::path& name) {
    const auto understand = [&] {
      const Implementation trial(name);
      for (const auto& part : std::vector<std::function<void()>>{
               [&] { static_cast<void>(trial.damaged_axes()); }, [&] { read_runs(trial.file); },
               [&] { read_messages(trial.file); }}) {
        try {
          part();
        } catch (const hdf5::Failure&) {  // of this part only
        }
      }
    };
    if (hdf5::needs_trial(name)) hdf5::require_survival(understand);
  }

  [[nodiscard]] std::vector<std::string> damaged_axes() const {
    std::vector<std::string> damaged;
    const auto compare = [&](const job::Axis& axis) {
      if (!has_values(file, axis)) damaged.push_back(axis.name);
    };
    std::ranges::for_each(layout.stored_axes(), compare);
    std::ranges::for_each(layout.extra_axes(), compare);
    return damaged;
  }

  std::filesystem::path path;
  hdf5::File file;
  job::Job job;
  Layout layout;
  Variables variables;
};

ResultsReader::ResultsReader(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw Error("there is no file " + file.string(), "", "Name an existing results file.");
  try {
    implementation_ = reading(
        file,
        [&] {
          Implementation::try_out(file);
          return std::make_unique<Implementation>(file);
        });
  } catch (const Error& error) {
    throw std::string_view(error.what()).starts_with(file.string()) ? error : error.at(file.string());
  }
}

ResultsReader::~ResultsReader() = default;

const job::Job& ResultsReader::job() const { return implementation_->job; }

const Layout& ResultsReader::layout() const { return implementation_->layout; }

void ResultsReader::require_same_job(const job::Job& job) const {
  if (implementation_->job.digest() == job.digest()) return;
  throw Error(implementation_->path.string() + " holds another job",
              "its settings differ from those asked for; its own are in its attribute `resolved`",
              "Name another file, or add --overwrite.");
}

void ResultsReader::require_complete() const {
  const std::vector<std::string>& missing = layout().missing();
  if (missing.empty()) return;
  const std::string file = implementation_->path.string();
  throw Error(fmt::format("{} lacks {}", file, fmt::join(missing, ", ")), "an older flatsweep made it",
              fmt::format("Name a new file and add --reuse {}, which copies its rows.", file));
}

std::string ResultsReader::attribute(const std::string& name) const {
  return reading(
      implementation_->path, [&] { return hdf5::read_text_attribute(implementation_->file, name.c_str()); });
}

void ResultsReader::read_statuses(std::uint64_t first, std::span<Status> statuses) const {
  std::vector<std::uint8_t> bytes(statuses.size());
  reading(implementation_->path,
          [&] { implementation_->variables.read<std::uint8_t>("status", first, bytes); });
  std::ranges::transform(bytes, statuses.begin(), known_status);
}

void ResultsReader::read_sound_statuses(std::uint64_t first, std::span<Status> statuses) const {
  std::vector<CheckedStatus> checked(statuses.size());
  read_checked_statuses(first, checked);
  std::ranges::transform(checked, statuses.begin(),
                         [](const CheckedStatus& row) { return row.torn ? Status::pending : row.status; });
}

void ResultsReader::read_checked_statuses(std::uint64_t first, std::span<CheckedStatus> statuses) const {
  const std::size_t block = std::max<std::size_t>(1, block_numbers / layout().values_per_row());
  for (std::size_t done = 0; done < statuses.size(); done += block) {
    const auto part = statuses.subspan(done, std::min(block, statuses.size() - done));
    reading(implementation_->path, [&] {
      const RowBlock rows(layout(), implementation_->variables, first + done, part.size());
      std::vector<std::uint32_t> checksums(part.size());
      implementation_->variables.read<std::uint32_t>("checksum", first + done, checksums);
      for (std::size_t i = 0; i < part.size(); ++i)
        part[i] = {known_status(rows.statuses()[i]), is_torn(rows, i, checksums[i])};
    });
  }
}

std::vector<std::string> ResultsReader::damaged_axes() const {
  return reading(
      implementation_->path, [&] { return implementation_->damaged_axes(); });
}

void ResultsReader::read(const std::string& variable, std::uint64_t first, std::span<double> values) const {
  reading(
      implementation_->path, [&] { implementation_->variables.read<double>(variable, first, values); });
}

std::vector<Row> ResultsReader::read_rows(std::uint64_t first, std::size_t count) const {
  return reading(
      implementation_->path,
      [&] { return record::read_rows(implementation_->variables, layout(), first, count); });
}

std::vector<Run> ResultsReader::runs() const {
  return reading(
      implementation_->path, [&] { return read_runs(implementation_->file); });
}

std::vector<Message> ResultsReader::messages() const {
  return reading(
      implementation_->path, [&] { return read_messages(implementation_->file); });
}

}  // namespace flatsweep::record
