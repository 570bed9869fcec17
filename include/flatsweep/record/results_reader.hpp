#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/journal.hpp"
#include "flatsweep/record/layout.hpp"

namespace flatsweep::record {

/// A row as it stands in the file.
struct Row {
  experiment::Outcome outcome;  ///< without its message
  int rank;                     ///< -1 where none wrote it
  int attempts;                 ///< times that it was done, and deaths of processes that were at it
  bool sound;                   ///< the checksum fits
};

/// A row's status, and whether the row can be trusted.
struct CheckedStatus {
  Status status = Status::pending;  ///< as recorded; pending where torn
  bool torn = false;  ///< recorded, but not as the checksum has it; the next run computes it again
};

/// A results file, read serially; also while a run writes to it.
class ResultsReader {
 public:
  /// @throws Error where the file is absent, truncated, or no results file
  explicit ResultsReader(const std::filesystem::path& file);
  ~ResultsReader();

  /// The job whose rows these are, its text the resolved one.
  [[nodiscard]] const job::Job& job() const;

  /// Which variables it has.
  [[nodiscard]] const Layout& layout() const;
  /// Configurations of the grid, done or not.
  [[nodiscard]] std::uint64_t rows() const { return layout().rows(); }

  /// @throws Error where the file is of another job than this
  void require_same_job(const job::Job& job) const;

  /// @throws Error naming the variables of its job that the file lacks, if there are any
  void require_complete() const;

  /// A text attribute of the root: `title` (the job's name), `job` (its text), `resolved`, `digest`,
  /// `version`, `commit`, `compiler`, `flags`, `mpi`, `hdf5`, `blas`.
  [[nodiscard]] std::string attribute(const std::string& name) const;

  /// Statuses of the rows from `first` on.
  void read_statuses(std::uint64_t first, std::span<Status> statuses) const;

  /// The same after a look at every value: rows whose checksum does not fit are pending.
  void read_sound_statuses(std::uint64_t first, std::span<Status> statuses) const;

  /// The same, with torn rows told from pending ones.
  void read_checked_statuses(std::uint64_t first, std::span<CheckedStatus> statuses) const;

  /// Names of the axes whose numbers in the file are not those of its job.
  [[nodiscard]] std::vector<std::string> damaged_axes() const;

  /// A variable's numbers, values.size() / per_row rows from `first` on; NaN if the file lacks it.
  void read(const std::string& variable, std::uint64_t first, std::span<double> values) const;

  /// All of some rows.
  [[nodiscard]] std::vector<Row> read_rows(std::uint64_t first, std::size_t count) const;

  /// The rows of /runs, oldest first.
  [[nodiscard]] std::vector<Run> runs() const;
  /// The rows of /messages, oldest first; one configuration may have several.
  [[nodiscard]] std::vector<Message> messages() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
