#include "flatsweep/report/summary.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;

namespace {

/// Rows 0 to 9: failed 2 and 5 with messages, 7 inaccurate, 8 infeasible, 9 crashed, the others solved.
std::filesystem::path partial_file(const TemporaryDirectory& directory) {
  const std::filesystem::path file = directory / "sweep.h5";
  const job::Job job = small_job();
  const record::RunLock lock = create_results_file(file, job, provenance());
  record::ResultsWriter writer(file, job, mpi::Communicator::world());
  std::vector<experiment::Outcome> rows = numbered_outcomes(0, 10, job);
  rows[2].status = rows[5].status = Status::failed;
  rows[7].status = Status::inaccurate;
  rows[8].status = Status::infeasible;
  rows[9].status = Status::crashed;
  writer.begin_run({record::Run::Clock::time_point{}, {}, 3, {}, "fh1*3", "CPU", "Kernel", "0.1 abc"});
  writer.write(rows);
  writer.write_message(rows[2].id, "no memory for \"S\"");
  writer.write_message(rows[5].id, "no memory for \"S\"");
  writer.close();
  return file;
}

}  // namespace

TEST_CASE("the summary counts every status and says why configurations failed", "[report]") {
  const TemporaryDirectory directory;
  const record::ResultsReader reader(partial_file(directory));
  const Summary summary = summarise(reader);
  CHECK(summary.total() == 48);
  CHECK(summary.done() == 10);
  CHECK(summary.count(Status::solved) == 5);
  CHECK(summary.count(Status::failed) == 2);
  CHECK(summary.count(Status::infeasible) == 1);
  REQUIRE(summary.reasons.size() == 3);
  CHECK(summary.reasons[0].message == "failed: no memory for \"S\"");
  CHECK(summary.reasons[0].count == 2);
  CHECK(value(summary.reasons[0].first) == 2);

  std::ostringstream text;
  print_summary(text, summary, reader.job());
  CHECK_THAT(text.str(), Contains("10 of 48 configurations done (20.8 %)"));
  CHECK_THAT(text.str(), Contains("2 x failed: no memory"));
  CHECK_THAT(text.str(), Contains("last run: 1970-01-01T00:00:00Z, 3 ranks on fh1*3, running or killed"));
}

TEST_CASE("a run without an end is running or was killed, where that is known", "[report]") {
  const TemporaryDirectory directory;
  const record::ResultsReader reader(partial_file(directory));
  Summary summary = summarise(reader);
  for (const bool running : {true, false}) {
    summary.running = running;
    std::ostringstream text;
    print_summary(text, summary, reader.job());
    CHECK_THAT(text.str(), Contains(running ? "fh1*3, running\n" : "fh1*3, killed\n"));
    CHECK_THAT(text.str(), Contains("d 5 6, n 50 60, m 100 120, 3 seeds, 4 gammas from 0.1 to 0.9, link matched\n"));
    CHECK(summary.is_running() == running);
    CHECK(summary.elapsed_seconds().has_value() == running);
  }
}

TEST_CASE("rate and remaining time are those that the run at work says itself", "[report]") {
  const TemporaryDirectory directory;
  const record::ResultsReader reader(partial_file(directory));
  Summary summary = summarise(reader);
  summary.running = true;
  CHECK_FALSE(summary.rows_per_second().has_value());  // it said nothing yet
  CHECK_FALSE(summary.remaining_seconds().has_value());
  const auto ago = [](int seconds) { return record::Run::Clock::now() - std::chrono::seconds(seconds); };
  summary.runs.back().start = ago(100);
  summary.runs.back().pace = record::Pace{ago(20), 160, 50.0};
  CHECK(summary.rows_per_second() == Approx(2.0).epsilon(1e-3));  // 160 in 80 s, whatever earlier runs did
  CHECK(summary.remaining_seconds() == Approx(30.0).epsilon(0.1));
  summary.runs.back().pace->remaining_seconds = 1.0;
  CHECK(summary.remaining_seconds() == 0.0);
  summary.running = false;
  CHECK_FALSE(summary.rows_per_second().has_value());
  CHECK_FALSE(summary.remaining_seconds().has_value());
}

TEST_CASE("the list of failures has a line a configuration, with its axis values", "[report]") {
  const TemporaryDirectory directory;
  const record::ResultsReader reader(partial_file(directory));
  std::ostringstream text;
  print_failed(text, reader);
  const std::string list = text.str();
  CHECK(std::ranges::count(list, '\n') == 4);
  CHECK_THAT(list, Contains("id 5 failed, activation relu, d 5, seed 1, gamma 0.366667: no memory for \"S\"\n"));
  CHECK_THAT(list, Contains("id 9 crashed"));
}

TEST_CASE("the JSON has the same content, escaped", "[report]") {
  const TemporaryDirectory directory;
  const record::ResultsReader reader(partial_file(directory));
  std::ostringstream text;
  print_json(text, summarise(reader), reader, true);
  const auto json = nlohmann::ordered_json::parse(text.str());
  std::vector<std::string> keys;
  for (const auto& entry : json.items()) keys.push_back(entry.key());
  CHECK(keys == std::vector<std::string>{"title", "total", "done", "pending", "solved", "infeasible", "inaccurate",
                                         "failed", "crashed", "torn", "reasons", "running", "elapsed_seconds",
                                         "rows_per_second", "remaining_seconds", "at_work", "job", "runs",
                                         "failed_rows"});
  CHECK(json["total"] == 48);
  CHECK(json["done"] == 10);
  CHECK(json["pending"] == 38);
  CHECK(json["reasons"][0]["count"] == 2);
  CHECK(json["running"].is_null());
  CHECK(json["elapsed_seconds"] > 1e9);  // since 1970: whether the run goes on is unknown
  CHECK(json["remaining_seconds"].is_null());
  CHECK(json["job"]["samples"].dump() == "[50,60]");
  CHECK(json["job"]["settings"]["grid.seed"] == "0..2");
  CHECK(json["runs"][0]["ranks"] == 3);
  CHECK(json["runs"][0]["exit_code"].is_null());
  CHECK(json["runs"][0]["start"] == "1970-01-01T00:00:00Z");
  CHECK(json["failed_rows"].size() == 4);
  CHECK(json["failed_rows"][0].dump() == R"({"id":2,"status":"failed","message":"no memory for \"S\""})");
  CHECK_THAT(text.str(), Contains("\"done\": 10,\n"));  // as slurm/relaunch.sh reads it
}

TEST_CASE("rows left by a run that did its part are told from rows left by one that was killed", "[report]") {
  const TemporaryDirectory directory;
  const std::filesystem::path file = partial_file(directory);
  const auto printed = [&] {
    std::ostringstream text;
    const record::ResultsReader reader(file);
    print_summary(text, summarise(reader), reader.job());
    return text.str();
  };
  CHECK_THAT(printed(), !Contains("are left"));
  record::ResultsWriter writer(file, small_job(), mpi::Communicator::world());
  writer.begin_run({record::Run::Clock::time_point{}, {}, 3, {}, "fh1*3", "CPU", "Kernel", "0.1 abc"});
  writer.end_run(3);
  writer.close();
  CHECK_THAT(printed(), Contains("38 configurations are left") && Contains("without --shard, --where and --pilot"));
}
