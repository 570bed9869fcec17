#include "flatsweep/record/merge.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

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

/// Write those rows that are pending in the target, and call `shared(there, row)` for the others.
/// @return how many were written
template <typename Shared>
std::uint64_t add_rows(const ResultsEditor& target, const std::vector<Row>& rows, Shared shared) {
  std::uint64_t added = 0;
  const auto add_stretch = [&](std::span<const Row> stretch) {
    const std::vector<Row> there = target.read_rows(value(stretch.front().outcome.id), stretch.size());
    const auto is_new = [&](std::size_t i) { return there[i].outcome.status == Status::pending; };
    for (std::size_t i = 0; i < stretch.size(); ++i)
      if (!is_new(i)) shared(there[i], stretch[i]);
    for_each_stretch(
        stretch, is_new,
        [&](std::span<const Row> pending) {
          target.write(pending);
          added += pending.size();
        });
  };
  for_each_stretch(
      std::span(rows), [](std::size_t) { return true; }, add_stretch);
  return added;
}

void merge_shard(const fs::path& path, ResultsEditor& target, MergeReport& report) {
  const ResultsReader shard(path);
  for_each_recorded(shard, [&](std::span<const Row> rows) {
    std::vector<Row> valid;
    std::ranges::copy_if(rows, std::back_inserter(valid), &Row::valid);
    report.torn += rows.size() - valid.size();
    report.merged += add_rows(
        target, valid, [&](const Row& there, const Row& row) { require_same(shard.layout(), there, row, path); });
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

/// Return the rows with a result that have a place in another grid, with their ids there. The axis `neuron` may have
/// another length there, but never less than the row's width.
std::vector<Row> moved(std::span<const Row> rows, const job::GridMap& map, const job::Grid& to) {
  std::vector<Row> there;
  for (const Row& row : rows) {
    if (!row.valid || !has_result(row.outcome.status)) continue;
    const auto id = map(row.outcome.id);
    if (!id) continue;
    experiment::Outcome& outcome = there.emplace_back(row).outcome;
    outcome.id = *id;
    if (outcome.outer_weights.size() > 0) outcome.outer_weights.conservativeResize(to[*id].width);
  }
  return there;
}

/// @throws Error if the job lacks a row of FILE, or differs in more than its axes
void require_extendable(const ResultsReader& old, const job::Job& job, const fs::path& file) {
  const job::Job& own = old.job();
  const bool same_settings = own.settings == job.settings;
  if (same_settings && job::GridMap(own.grid, job.grid).shared() == own.grid.size()) return;
  throw Error(fmt::format("{} cannot grow to this job", file.string()),
              fmt::format("it has {}", fmt::join(job::differences(own, job), "; ")),
              same_settings
                  ? fmt::format("Give the job all axis values that it has, or name a new file and add --reuse "
                                "{}.",
                                file.string())
                  : "Name another file: jobs whose settings differ share no rows.");
}

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

Extension extend_results_file(const fs::path& file, const job::Job& job, const Provenance& provenance,
                              const Patience& patience) {
  const Layout layout(job);
  std::uint64_t copied = 0;
  const auto write = [&](const fs::path& temporary) {
    const ResultsReader old(file);
    require_extendable(old, job, file);
    write_template(temporary, job, layout, provenance);
    copied = reuse_rows(old, temporary, job);
  };
  RunLock lock = open_or_create(file, Existing::overwrite, layout.file_bytes(), write, patience);
  return {std::move(lock), copied};
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

void add_reused(const ResultsReader& old, const job::Job& job, std::span<Status> statuses) {
  require_reusable(old, job);
  const job::GridMap map(old.job().grid, job.grid);
  for_each_recorded(old, [&](std::span<const Row> rows) {
    for (const Row& row : moved(rows, map, job.grid)) statuses[value(row.outcome.id)] = row.outcome.status;
  });
}

std::uint64_t reuse_rows(const ResultsReader& old, const std::filesystem::path& file, const job::Job& job) {
  try {
    ResultsEditor target(file, job);
    const job::GridMap map(old.job().grid, job.grid);
    std::uint64_t copied = 0;
    for_each_recorded(old, [&](std::span<const Row> rows) {
      copied += add_rows(target, moved(rows, map, job.grid), [](const Row&, const Row&) {});
    });
    if (copied > 0) target.run_log().add_runs(old.runs());
    target.close();
    return copied;
  } catch (const hdf5::Failure& failure) {
    throw Error(fmt::format("cannot write to {}", file.string()), failure.what(),
                "Make room on its disk, or look after it, and run the same command again.");
  }
}

}  // namespace flatsweep::record
