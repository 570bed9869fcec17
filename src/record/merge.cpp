#include "flatsweep/record/merge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/results_editor.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;
using Paths = std::span<const fs::path>;

void require_one_job(Paths shards, const job::Job& job) {
  for (const fs::path& shard : shards) {
    if (ResultsReader(shard).job().digest() == job.digest()) continue;
    throw Error(fmt::format("{} holds another job than {}", shard.string(), shards.front().string()),
                "their settings differ: see the attributes `resolved`",
                "Merge shards of one job, made with the same job file and the same options.");
  }
}

Provenance provenance_of(const ResultsReader& shard) {
  return {
      {shard.attribute("version"), shard.attribute("commit"), shard.attribute("compiler"), shard.attribute("flags")},
      shard.attribute("mpi"),
      shard.attribute("hdf5"),
      shard.attribute("blas")};
}

void require_same(const Layout& layout, const Row& there, const Row& row, const fs::path& shard) {
  const auto difference = row_difference(layout, there.outcome, row.outcome);
  if (!difference) return;
  throw Error(
      fmt::format("row {} of {} differs from the same row of a shard before it", value(row.outcome.id), shard.string()),
      fmt::format("{} there and here", *difference),
      "Leave out the shard that is wrong; flatsweep verify tells which.");
}

/// Merge the attempts of all rows: in pending rows they count crashes, on which the next run relies.
void merge_attempts(const ResultsReader& shard, const ResultsEditor& target) {
  constexpr std::uint64_t block = 1 << 16;
  for (std::uint64_t first = 0; first < shard.rows(); first += block) {
    std::vector<double> numbers(std::min(block, shard.rows() - first));
    shard.read("attempts", first, numbers);
    target.raise_attempts(first, std::vector<std::uint8_t>(numbers.begin(), numbers.end()));
  }
}

void merge_shard(const fs::path& path, ResultsEditor& target, MergeReport& report) {
  const ResultsReader shard(path);
  for_each_recorded(shard, [&](std::span<const Row> rows) {
    const std::vector<Row> there = target.read_rows(value(rows.front().outcome.id), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].valid) ++report.torn;
      const bool shared = rows[i].valid && there[i].outcome.status != Status::pending;
      if (shared) require_same(shard.layout(), there[i], rows[i], path);
    }
    const auto is_new = [&](std::size_t i) { return rows[i].valid && there[i].outcome.status == Status::pending; };
    for_each_stretch(rows, is_new, [&](std::span<const Row> stretch) {
      target.write(stretch);
      report.merged += stretch.size();
    });
  });
  merge_attempts(shard, target);
  for (const Message& message : shard.messages()) target.run_log().add_message(message);
}

std::vector<Run> runs_of(Paths shards) {
  std::vector<Run> runs;
  for (const fs::path& path : shards) {
    const std::vector<Run> more = ResultsReader(path).runs();
    runs.insert(runs.end(), more.begin(), more.end());
  }
  return runs;
}

/// Copies rows of one grid to a file of another grid.
class RowCopy {
 public:
  RowCopy(ResultsEditor& target, const job::Grid& from, const job::Grid& to)
      : target_(target), to_(to), map_(from, to) {}

  void copy(std::span<const Row> rows) {
    std::vector<Row> mapped;
    for (const Row& row : rows) {
      if (!row.valid || !has_result(row.outcome.status)) continue;
      if (const auto id = map_(row.outcome.id)) mapped.push_back(moved(row, *id));
    }
    for_each_stretch(
        mapped, [](std::size_t) { return true; }, [&](auto stretch) { write(stretch); });
  }

  [[nodiscard]] std::uint64_t copied() const { return copied_; }

 private:
  /// Return the row with its id in the target. The axis `neuron` may have another length there, but never
  /// less than the row's width.
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

MergeReport merge_results(Paths shards, const fs::path& file, Existing existing) {
  expects(!shards.empty());
  const ResultsReader first(shards.front());
  require_one_job(shards, first.job());
  job::Job job = first.job();
  job.text = first.attribute("job");

  MergeReport report{.rows = first.rows()};
  const auto write = [&](const fs::path& temporary) {
    write_template(temporary, job, first.layout(), provenance_of(first));
    ResultsEditor target(temporary, job);
    for (const fs::path& shard : shards) merge_shard(shard, target, report);
    target.run_log().sort_messages();
    target.run_log().add_runs(runs_of(shards));
    target.close();
  };
  open_or_create(file, existing, first.layout().file_bytes(), write);
  return report;
}

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
    if (copy.copied() > 0) target.run_log().add_runs(old.runs());
    target.close();
    return copy.copied();
  } catch (const hdf5::Failure& failure) {
    throw Error(fmt::format("cannot write to {}", file.string()), failure.what(),
                "Make room on its disk, or look after it, and run the same command again.");
  }
}

}  // namespace flatsweep::record
