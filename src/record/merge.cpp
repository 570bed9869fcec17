#include "flatsweep/record/merge.hpp"

#include <algorithm>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/row_difference.hpp"
#include "record/recorded_rows.hpp"
#include "record/results_creation.hpp"
#include "record/results_editor.hpp"
#include "record/skeleton.hpp"

namespace flatsweep::record {
namespace {

namespace fs = std::filesystem;
using Paths = std::span<const fs::path>;

void require_one_job(Paths shards, const job::Job& job) {
  for (const fs::path& shard : shards) {
    if (ResultsReader(shard).job().digest() == job.digest()) continue;
    throw Error(shard.string() + " holds another job than " + shards.front().string(),
                "their settings differ: see the attributes `resolved`",
                "Merge shards of one job, made with the same job file and the same options.");
  }
}

Provenance provenance_of(const ResultsReader& shard) {
  return {{shard.attribute("version"), shard.attribute("commit"), shard.attribute("compiler"),
           shard.attribute("flags")},
          shard.attribute("mpi"),
          shard.attribute("hdf5"),
          shard.attribute("blas")};
}

void require_same(const Layout& layout, const Row& there, const Row& row, const fs::path& shard) {
  const auto difference = row_difference(layout, there.outcome, row.outcome);
  if (!difference) return;
  throw Error("row " + std::to_string(value(row.outcome.id)) + " of " + shard.string() +
                  " differs from the same row of a shard before it",
              *difference + " there and here",
              "Leave out the shard that is wrong; flatsweep verify tells which.");
}

// What a crash left in pending rows: attempts that the next run counts on.
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
      if (!rows[i].sound) ++report.torn;
      const bool shared = rows[i].sound && there[i].outcome.status != Status::pending;
      if (shared) require_same(shard.layout(), there[i], rows[i], path);
    }
    const auto is_new = [&](std::size_t i) {
      return rows[i].sound && there[i].outcome.status == Status::pending;
    };
    for_each_stretch(rows, is_new, [&](std::span<const Row> stretch) {
      target.write(stretch);
      report.merged += stretch.size();
    });
  });
  merge_attempts(shard, target);
  for (const Message& message : shard.messages()) target.journal().add_message(message);
}

std::vector<Run> runs_of(Paths shards) {
  std::vector<Run> runs;
  for (const fs::path& path : shards) {
    const std::vector<Run> more = ResultsReader(path).runs();
    runs.insert(runs.end(), more.begin(), more.end());
  }
  return runs;
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
    write_skeleton(temporary, job, first.layout(), provenance_of(first));
    ResultsEditor target(temporary, job);
    for (const fs::path& shard : shards) merge_shard(shard, target, report);
    target.journal().sort_messages();
    target.journal().add_runs(runs_of(shards));
    target.close();
  };
  create_results_file(file, first.layout().file_bytes(), write, existing, RunLock::default_patience);
  return report;
}

}  // namespace flatsweep::record
