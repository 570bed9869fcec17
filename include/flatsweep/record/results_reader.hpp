#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record {

/// A row as the file has it.
struct Row {
  experiment::Outcome outcome;  ///< without its message
  std::optional<int> rank;      ///< MPI rank that wrote it, if one did
  int attempts;                 ///< completed runs plus crashes of this row
  bool valid;                   ///< whether the checksum fits
};

/// Return the first thing in which two outcomes of one configuration differ, variables of time and place apart, e.g.
/// `flatness is 3.1 and 3.2`; none if they agree.
/// @param tolerance 0 for the same bits; else numbers x, y may differ by tolerance max(1, |x|, |y|), and iterations by
///        anything
/// @pre rows of this layout, of one id
std::optional<std::string> row_difference(const Layout& layout, const experiment::Outcome& one,
                                          const experiment::Outcome& other, double tolerance = 0.0);

/// A row's status, and whether the row can be trusted.
struct CheckedStatus {
  Status status = Status::pending;  ///< as recorded; pending if it was lost
  bool torn = false;                ///< recorded, but the checksum does not fit; the next run computes the row again
};

/// A results file, read serially; also while a run writes to it.
class ResultsReader {
 public:
  /// @throws Error if the file is absent, truncated, or no results file
  explicit ResultsReader(const std::filesystem::path& file);
  ~ResultsReader();

  /// The job whose rows these are, its text the resolved one.
  [[nodiscard]] const job::Job& job() const;

  /// The variables of the file and their shapes.
  [[nodiscard]] const Layout& layout() const;
  /// Number of configurations of the grid, done or not.
  [[nodiscard]] std::uint64_t rows() const { return layout().rows(); }

  /// @throws Error if the file is of another job
  void require_same_job(const job::Job& job) const;

  /// @throws Error naming the variables of its job that the file lacks, if there are any
  void require_complete() const;

  /// Return a text attribute of the root: `title` (the job's name), `job` (its text), `resolved`, `digest`, `version`,
  /// `commit`, `compiler`, `flags`, `mpi`, `hdf5`, `blas`.
  [[nodiscard]] std::string attribute(const std::string& name) const;

  /// Read the recorded statuses of the rows from `first` on.
  void read_statuses(std::uint64_t first, std::span<Status> statuses) const;

  /// Read statuses and compare checksums: rows whose checksum does not fit are pending.
  void read_valid_statuses(std::uint64_t first, std::span<Status> statuses) const;

  /// Read statuses and compare checksums: torn rows are distinguished from pending ones.
  void read_checked_statuses(std::uint64_t first, std::span<CheckedStatus> statuses) const;

  /// Return the names of the axes whose numbers in the file are not those of its job.
  [[nodiscard]] std::vector<std::string> damaged_axes() const;

  /// Read a variable's numbers in the values.size() / per_row rows from `first` on; NaN if the file lacks it.
  void read(const std::string& variable, std::uint64_t first, std::span<double> values) const;

  /// Read all variables of `count` rows from `first` on.
  [[nodiscard]] std::vector<Row> read_rows(std::uint64_t first, std::size_t count) const;

  /// Read the rows of /runs, oldest first.
  [[nodiscard]] std::vector<Run> runs() const;
  /// Read what the ranks of the last run are at, if it still works.
  [[nodiscard]] std::vector<Activity> activity() const;
  /// Read the rows of /messages as they stand in the file: in the order of their ids once a run has ended.
  [[nodiscard]] std::vector<Message> messages() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
