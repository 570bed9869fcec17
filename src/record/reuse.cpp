#include "flatsweep/record/reuse.hpp"

#include <algorithm>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/grid.hpp"
#include "record/recorded_rows.hpp"
#include "record/results_editor.hpp"

namespace flatsweep::record {
namespace {

/// Copies rows of one grid to a file of another.
class RowCopy {
 public:
  RowCopy(ResultsEditor& target, const job::Grid& from, const job::Grid& to)
      : target_(target), to_(to), map_(from, to) {}

  void copy(std::span<const Row> rows) {
    std::vector<Row> mapped;
    for (const Row& row : rows) {
      if (!row.sound || !has_result(row.outcome.status)) continue;
      if (const auto id = map_(row.outcome.id)) mapped.push_back(moved(row, *id));
    }
    for_each_stretch(
        mapped, [](std::size_t) { return true; }, [&](auto stretch) { write(stretch); });
  }

  [[nodiscard]] std::uint64_t copied() const { return copied_; }

 private:
  // As a row of the target: the axis `neuron` may be longer or shorter there, but never than the row is wide.
  [[nodiscard]] Row moved(Row row, ConfigurationId id) const {
    row.outcome.id = id;
    if (row.outcome.outer_weights.size() > 0) row.outcome.outer_weights.conservativeResize(to_[id].width);
    return row;
  }

  void write(std::span<const Row> stretch) {
    const std::vector<Row> there = target_.read_rows(value(stretch.front().outcome.id), stretch.size());
    const auto is_pending = [&](std::size_t i) { return there[i].outcome.status == Status::pending; };
    for_each_stretch(stretch, is_pending, [&](std::span<const Row> rows) {
      target_.write(rows);
      copied_ += rows.size();
    });
  }

  ResultsEditor& target_;
  const job::Grid& to_;
  job::GridMap map_;
  std::uint64_t copied_ = 0;
};

}  // namespace

void require_reusable(const ResultsReader& old, const job::Job& job) {
  if (old.job().settings != job.settings) {
    throw Error("its rows are of another kind",
                "settings other than the axes differ from the job's; its own are in its attribute `resolved`",
                "Name results of a job that differs in its axes only.");
  }
  if (job::GridMap(old.job().grid, job.grid).shared() == 0) {
    throw Error("it has none of the job's configurations", "some axis has no value in common",
                "Name results of a smaller or an overlapping grid.");
  }
}

std::uint64_t reuse_rows(const ResultsReader& old, const std::filesystem::path& file, const job::Job& job) {
  try {
    ResultsEditor target(file, job);
    RowCopy copy(target, old.job().grid, job.grid);
    for_each_recorded(old, [&](std::span<const Row> rows) { copy.copy(rows); });
    if (copy.copied() > 0) target.journal().add_runs(old.runs());
    target.close();
    return copy.copied();
  } catch (const hdf5::Failure& failure) {
    throw Error("cannot write to " + file.string(), failure.what(),
                "Make room on its disk, or look after it, and run the same command again.");
  }
}

}  // namespace flatsweep::record
