#include "flatsweep/record/merge.hpp"

#include <catch2/catch.hpp>

#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/results_editor.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

using Clock = Run::Clock;

Run run_at(int seconds, const std::string& host) {
  return {Clock::time_point(std::chrono::seconds(seconds)), {}, 3, 75, host, "CPU", "Kernel", "0.1 abc"};
}

/// A file with the rows first, ..., first + count - 1, a message on the first of them and a run at this time.
fs::path shard(const fs::path& file, const job::Job& job, std::uint64_t first, std::size_t count, int seconds) {
  create_results_file(file, job, provenance());
  ResultsEditor editor(file, job);
  std::vector<Row> rows;
  for (const experiment::Outcome& outcome : numbered_outcomes(first, count, job))
    rows.push_back({outcome, static_cast<int>(first % 3), 2, true});
  editor.write(rows);
  editor.run_log().add_message({ConfigurationId{first}, "about " + std::to_string(first)});
  editor.run_log().add_runs({run_at(seconds, file.filename().string())});
  editor.close();
  return file;
}

}  // namespace

TEST_CASE("a merged file has the rows, messages and runs of all shards in order", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const std::vector<fs::path> shards = {shard(directory / "b.h5", job, 20, 10, 2000),
                                        shard(directory / "a.h5", job, 5, 18, 1000)};
  const MergeReport report = merge_results(shards, directory / "merged.h5");
  CHECK(report.rows == 48);
  CHECK(report.merged == 25);
  CHECK(report.torn == 0);

  const ResultsReader merged(directory / "merged.h5");
  CHECK(merged.attribute("job") == job.text);
  CHECK(merged.attribute("mpi") == "Test MPI 1.0");
  const std::vector<Row> rows = merged.read_rows(0, 48);
  for (std::uint64_t id = 0; id < 48; ++id) {
    const bool expected = id >= 5 && id < 30;
    CHECK(rows[id].outcome.status == (expected ? Status::solved : Status::pending));
    if (!expected) continue;
    CHECK(rows[id].valid);
    CHECK(rows[id].outcome.measures.values() == numbered_outcome(id, job).measures.values());
    CHECK(rows[id].rank == 2);
    CHECK(rows[id].attempts == 2);
  }
  REQUIRE(merged.messages().size() == 2);
  CHECK(value(merged.messages()[0].id) == 5);
  REQUIRE(merged.runs().size() == 2);
  CHECK(merged.runs()[0].hosts == "a.h5");
  CHECK(merged.runs()[1].exit_code == 75);
}

TEST_CASE("shards that differ in a row are refused, and nothing is left", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job();
  const std::vector<fs::path> shards = {shard(directory / "a.h5", job, 0, 10, 1),
                                        shard(directory / "b.h5", job, 20, 4, 2)};
  ResultsEditor editor(shards[1], job);
  Row row{numbered_outcome(7, job), 0, 1, true};
  row.outcome.measures["flatness"] = 1;
  editor.write(std::span(&row, 1));
  editor.close();
  CHECK_THROWS_WITH(merge_results(shards, directory / "merged.h5"),
                    Contains("row 7 of") && Contains("b.h5") && Contains("flatness is 7.05 and 1"));
  CHECK(directory.entries() == std::vector<std::string>{"a.h5", "b.h5"});
}

TEST_CASE("more runs than there is room for keep the last", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job();
  create_results_file(directory / "f.h5", job, provenance());
  ResultsEditor editor(directory / "f.h5", job);
  std::vector<Run> runs;
  for (int second = 2000; second > 0; --second) runs.push_back(run_at(second, "n1*3"));
  editor.run_log().add_runs(runs);
  editor.run_log().add_runs(runs);
  editor.close();
  const std::vector<Run> kept = ResultsReader(directory / "f.h5").runs();
  REQUIRE(kept.size() == 1024);
  CHECK(kept.front().start == Clock::time_point(std::chrono::seconds(977)));
  CHECK(kept.back().start == Clock::time_point(std::chrono::seconds(2000)));
}

TEST_CASE("rows of another grid are reused where the configuration is the same", "[record]") {
  const TemporaryDirectory directory;
  const job::Job old_job = small_job("[output]\nouter_weights = on\n");
  const fs::path old = shard(directory / "old.h5", old_job, 10, 30, 1000);
  const job::Job job = job::parse_job(
      "[grid]\nactivation = abs relu\nlink = matched\ngamma = lin(0.1, 0.9, 4) 0.5\nd = 7 5\nseed = 2 3\n"
      "[output]\nouter_weights = on\n",
      "new.ini");
  const fs::path file = directory / "new.h5";
  create_results_file(file, job, provenance());
  const ResultsReader reader(old);
  require_reusable(reader, job);

  // relu, d = 5, seed 2: the ids 8 to 11, of which 10 and 11 are there; relu, d = 7 is in neither.
  CHECK(reuse_rows(reader, file, job) == 2);
  CHECK(reuse_rows(reader, file, job) == 0);
  const ResultsReader reused(file);
  const std::vector<Row> rows = reused.read_rows(0, reused.rows());
  for (const Row& row : rows) {
    const job::Configuration configuration = job.grid[row.outcome.id];
    const bool expected = configuration.activation.name() == "relu" && configuration.d == 5 &&
                          configuration.seed == 2 && (configuration.gamma == 0.9 || configuration.gamma > 0.6) &&
                          configuration.gamma != 0.5;
    REQUIRE((row.outcome.status == Status::solved) == expected);
    if (!expected) continue;
    CHECK(row.valid);
    CHECK(row.outcome.outer_weights.size() == job.grid.largest_width());
    CHECK(row.outcome.solve_seconds == 0.25);
  }
  CHECK(reused.runs().size() == 1);
}

TEST_CASE("results with other settings cannot be reused", "[record]") {
  const TemporaryDirectory directory;
  create_results_file(directory / "old.h5", small_job(), provenance());
  const ResultsReader old(directory / "old.h5");
  CHECK_NOTHROW(require_reusable(old, small_job("noise = 0 0.5\n")));
  CHECK_THROWS_WITH(require_reusable(old, small_job("[measure]\nspectrum = off\n")), Contains("axes"));
  CHECK_THROWS_WITH(require_reusable(old, small_job("noise = 0.5\n")), Contains("none of the job's"));
}
