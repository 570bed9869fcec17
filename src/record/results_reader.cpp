#include "flatsweep/record/results_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/output_file.hpp"
#include "record/activity.hpp"
#include "record/hdf5.hpp"
#include "record/row_block.hpp"
#include "record/run_log.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

job::Job read_job(hid_t file) {
  const char* attribute = hdf5::has_attribute(file, old_job_attribute) ? old_job_attribute : "resolved";
  try {
    return job::parse_resolved(hdf5::read_text_attribute(file, attribute), "its job");
  } catch (const Error& error) {
    throw hdf5::Failure(error.what());
  }
}

/// Return the error of a file that cannot be read as results, by what it is instead.
Error not_a_results_file(const std::filesystem::path& file, const std::string& why) {
  const FileKind kind = kind_of(file);
  const bool was_one = kind == FileKind::results || kind == FileKind::unreadable_hdf5;
  if (was_one) {
    return Error(
        fmt::format("{} is not a valid results file of flatsweep", file.string()), why,
        "Name another file; if it is the right one, another program wrote it anew or it was damaged: keep it, and read its rows with h5py.");
  }
  const bool is_of_solve = kind == FileKind::experiment || kind == FileKind::program_solution;
  return Error(fmt::format("{} is not a results file of flatsweep run", file.string()),
               fmt::format("it is {}", describe(kind)),
               is_of_solve ? "Read its arrays with h5py, or name a results file." : "Name a results file.");
}

/// Return whether the checksum is that of the row with some status: then the row was whole and lost its status.
bool has_lost_status(const RowBlock& rows, std::size_t row, std::uint32_t checksum) {
  const auto statuses = std::views::iota(std::size_t{1}, status_names.size());
  return std::ranges::any_of(
      statuses, [&](std::size_t status) { return rows.checksum(row, static_cast<Status>(status)) == checksum; });
}

bool is_torn(const RowBlock& rows, std::size_t row, std::uint32_t checksum) {
  if (rows.status(row) != 0) return rows.checksum(row) != checksum;
  return checksum != 0 && has_lost_status(rows, row, checksum);
}

/// Return whether the coordinates of the axis are what the job says. Names are not compared: they are of variable
/// length, which can crash HDF5 when damaged.
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
      : path(name), file(hdf5::open_file(name)), job(read_job(file)), variables(file, job) {}

  /// Let a child process read all that the library has to interpret; the rest is plain numbers at known places.
  /// @throws hdf5::Failure if the library does not survive that
  static void try_out(const std::filesystem::path& name) {
    const auto read_all = [&] {
      const Implementation trial(name);
      const auto read = [](const auto& part) {
        try {
          part();
        } catch (const hdf5::Failure&) {  // of this part only
        }
      };
      read([&] { return trial.damaged_axes(); });
      read([&] { return read_runs(trial.file); });
      read([&] { return read_messages(trial.file); });
    };
    hdf5::survives(name, read_all);
  }

  /// Call `read`, and turn a failure of the library into an error that names the file.
  template <typename Read>
  auto reading(Read read) const {  // NOLINT(modernize-use-nodiscard): may be void
    try {
      return read();
    } catch (const hdf5::Failure& failure) {
      throw not_a_results_file(path, failure.what());
    }
  }

  [[nodiscard]] std::vector<std::string> damaged_axes() const {
    std::vector<std::string> damaged;
    const auto compare = [&](const job::Axis& axis) {
      if (!has_values(file, axis)) damaged.push_back(axis.name);
    };
    std::ranges::for_each(variables.layout().stored_axes(), compare);
    std::ranges::for_each(variables.layout().extra_axes(), compare);
    return damaged;
  }

  /// Read the statuses of a block of rows and compare their checksums.
  void check(std::uint64_t first, std::span<CheckedStatus> statuses) const {
    const RowBlock rows(variables, first, statuses.size());
    const auto checksums = variables.read<std::uint32_t>("checksum", first, statuses.size());
    for (std::size_t i = 0; i < statuses.size(); ++i)
      statuses[i] = {known_status(rows.status(i)), is_torn(rows, i, checksums[i])};
  }

  std::filesystem::path path;
  hdf5::File file;
  job::Job job;
  Variables variables;
};

ResultsReader::ResultsReader(const std::filesystem::path& file) {
  require_readable(file);
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw Error(fmt::format("there is no file {}", file.string()), "", "Name an existing results file.");
  try {
    Implementation::try_out(file);
    implementation_ = std::make_unique<Implementation>(file);
  } catch (const hdf5::Failure& failure) {
    throw not_a_results_file(file, failure.what());
  } catch (const Error& error) {
    throw error.at(file.string());
  }
}

ResultsReader::~ResultsReader() = default;

const job::Job& ResultsReader::job() const { return implementation_->job; }

const Layout& ResultsReader::layout() const { return implementation_->variables.layout(); }

void ResultsReader::require_same_job(const job::Job& job) const {
  const job::Job& own = implementation_->job;
  if (own.digest() == job.digest()) return;
  const std::string file = implementation_->path.string();
  const std::string problem = fmt::format("{} holds another job", file);
  const std::string why = fmt::format("it has {}", fmt::join(job::differences(own, job), "; "));
  const std::uint64_t shared = own.settings == job.settings ? job::GridMap(own.grid, job.grid).shared() : 0;
  if (shared == 0) throw Error(problem, why, "Name another file, or add --overwrite.");
  if (shared == own.grid.size())
    throw Error(
        problem, why,
        fmt::format("Add --extend, by which {0} grows and keeps its rows. Or name a new file and add --reuse {0}, "
                    "which copies them.",
                    file));
  throw Error(problem, why,
              fmt::format("Name a new file and add --reuse {}, which copies the rows that both have. --overwrite would "
                          "drop them.",
                          file));
}

void ResultsReader::require_complete() const {
  std::vector<std::string> missing = layout().missing();
  const char* origin = "an older flatsweep made it";
  for (const char* group : {"runs", "messages"}) {
    if (hdf5::has_link(implementation_->file, group)) continue;
    missing.emplace_back(group);
    origin = "another program wrote it anew";
  }
  if (missing.empty()) return;
  const std::string file = implementation_->path.string();
  throw Error(fmt::format("{} lacks {}", file, fmt::join(missing, ", ")), origin,
              fmt::format("Name a new file and add --reuse {}, which copies its rows.", file));
}

std::string ResultsReader::attribute(const std::string& name) const {
  return implementation_->reading([&] { return hdf5::read_text_attribute(implementation_->file, name.c_str()); });
}

void ResultsReader::read_statuses(std::uint64_t first, std::span<Status> statuses) const {
  const auto bytes = implementation_->reading(
      [&] { return implementation_->variables.read<std::uint8_t>("status", first, statuses.size()); });
  std::ranges::transform(bytes, statuses.begin(), known_status);
}

void ResultsReader::read_valid_statuses(std::uint64_t first, std::span<Status> statuses) const {
  std::vector<CheckedStatus> checked(statuses.size());
  read_checked_statuses(first, checked);
  std::ranges::transform(checked, statuses.begin(),
                         [](const CheckedStatus& row) { return row.torn ? Status::pending : row.status; });
}

void ResultsReader::read_checked_statuses(std::uint64_t first, std::span<CheckedStatus> statuses) const {
  const std::size_t block = rows_per_block(layout());
  for (std::size_t done = 0; done < statuses.size(); done += block) {
    const auto part = statuses.subspan(done, std::min(block, statuses.size() - done));
    implementation_->reading([&] { implementation_->check(first + done, part); });
  }
}

std::vector<std::string> ResultsReader::damaged_axes() const {
  return implementation_->reading([&] { return implementation_->damaged_axes(); });
}

void ResultsReader::read(const std::string& variable, std::uint64_t first, std::span<double> values) const {
  if (std::ranges::find(layout().missing(), variable) != layout().missing().end())
    std::ranges::fill(values, not_a_number);
  else
    implementation_->reading([&] { implementation_->variables.read<double>(variable, first, values); });
}

std::vector<Row> ResultsReader::read_rows(std::uint64_t first, std::size_t count) const {
  return implementation_->reading([&] { return record::read_rows(implementation_->variables, first, count); });
}

std::vector<Run> ResultsReader::runs() const {
  return implementation_->reading([&] { return read_runs(implementation_->file); });
}

std::vector<Activity> ResultsReader::activity() const {
  return implementation_->reading([&] { return read_activity(implementation_->file); });
}

std::vector<Message> ResultsReader::messages() const {
  return implementation_->reading([&] { return read_messages(implementation_->file); });
}

}  // namespace flatsweep::record
