#include "flatsweep/report/tables.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "flatsweep/job/job.hpp"
#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Outcome;

namespace {

std::string tables_of(const job::Job& job, const std::vector<Outcome>& rows) {
  const ResultsFixture results(job, rows);
  std::ostringstream out;
  print_tables(out, record::ResultsReader(results.file), job::Selection(job.grid));
  return out.str();
}

/// Words of the first line that starts with this one.
std::vector<std::string> fields(const std::string& text, const std::string& first) {
  for (const std::string& line : lines_of(text)) {
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (!found.empty() && found[0] == first) return found;
  }
  return {};
}

/// Words of the line of a measure in the first table of correlations.
std::vector<std::string> correlations(const std::string& text, const std::string& measure) {
  return fields(text.substr(text.find("Spearman")), measure);
}

}  // namespace

TEST_CASE("a table shows means and standard errors over solved seeds, and counts", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows[4].status = Status::infeasible;   // seed 1, gamma 0.1
  rows[9].status = Status::failed;       // seed 2, second gamma
  rows[11].status = Status::inaccurate;  // seed 2, gamma 0.9
  const std::string text = tables_of(job, rows);
  using Fields = std::vector<std::string>;
  CHECK(fields(text, "0.1*") == Fields{"0.1*", "104", "4", "0.1", "0.1", "2", "1", "0", "0", "0"});
  CHECK(fields(text, "0.366667*") == Fields{"0.366667*", "91", "1", "1.05", "0.05", "2", "0", "0", "1", "0"});
  CHECK(fields(text, "0.633333") == Fields{"0.633333", "83.33", "2.404", "2.1", "0.05774", "3", "0", "0", "0", "0"});
  CHECK(fields(text, "0.9*") == Fields{"0.9*", "71", "1", "3.05", "0.05", "2", "0", "1", "0", "0"});
  CHECK_THAT(text, Contains("activation relu, d 5\n"));
  CHECK_THAT(text, Contains("rows: 9 solved, 1 infeasible, 1 inaccurate, 1 failed\n"));
  CHECK_THAT(text, !Contains("activation quadratic"));
}

TEST_CASE("a table names the flattest gamma and how measures order the interpolators by loss", "[report]") {
  const job::Job job = small_job();
  const std::string text = tables_of(job, first_curve(job));
  CHECK_THAT(text, Contains("flattest at gamma 0.9 (flatness 73.33, loss 3.1); least loss at gamma 0.1 (0.1)\n"));
  // as scipy.stats.spearmanr
  CHECK(correlations(text, "flatness") == std::vector<std::string>{"flatness", "-1", "-0.888"});
  CHECK(correlations(text, "outer_l1") == std::vector<std::string>{"outer_l1", "1", "0.972"});
  CHECK(correlations(text, "flatness_unit") == std::vector<std::string>{"flatness_unit", "0.4", "0.389"});
  CHECK(correlations(text, "soft_rank_0.001").size() == 3);
}

TEST_CASE("the Monte Carlo loss is shown if there is no exact one", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["relative_loss"] = not_a_number;
  const std::string text = tables_of(job, rows);
  CHECK_THAT(text, Contains("loss (MC)"));
  CHECK(fields(text, "0.1").at(3) == "42");
  CHECK(correlations(text, "flatness") == std::vector<std::string>{"flatness", "-", "-"});  // one value has no order
  CHECK_THAT(tables_of(job, first_curve(job)), Contains("relative loss"));
}

TEST_CASE("losses that are rounding errors are zeros, which have no order", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["excess_loss_error"] = 1 + row.measures["excess_loss"];
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.9").at(3) == "0");
  CHECK(correlations(text, "flatness") == std::vector<std::string>{"flatness", "-", "-"});
}

TEST_CASE("what was not solved is a dash, and two points have no rank correlation", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows.resize(2);
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.9") == std::vector<std::string>{"0.9", "-", "-", "-", "-", "0", "0", "0", "0", "3"});
  CHECK(correlations(text, "flatness") == std::vector<std::string>{"flatness", "-", "-"});
  CHECK_THAT(text, Contains("rows: 10 pending, 2 solved\n"));
}

TEST_CASE("tables stay within 100 columns", "[report]") {
  const job::Job job = small_job("noise = 0.123456 0.5\nwidth_ratio = 2.34567 3\nsample_ratio = 10.2345 12\n");
  std::vector<Outcome> rows = numbered_outcomes(0, job.grid.size(), job);
  for (auto& row : rows) {
    row.measures["flatness"] = 1.2345678e-100;
    row.measures["relative_loss"] = 1.2345678e+100;
    row.measures["excess_loss_error"] = 0;
  }
  for (const std::string& line : lines_of(tables_of(job, rows))) {
    INFO(line);
    CHECK(line.size() <= 100);
  }
}

TEST_CASE("tables that lie in different blocks of the file are told apart", "[report]") {
  const job::Job job = job::parse_job(
      "[grid]\nactivation = relu\nlink = matched\ngamma = 0.1 0.5\nd = 5 6 7\nseed = 0..14999\n", "long.ini");
  std::vector<Outcome> rows = numbered_outcomes(0, 90'000, job);  // the third table is in the second block
  for (auto& row : rows) {
    row.measures["flatness"] = std::floor(static_cast<double>(value(row.id)) / 30'000);
    row.measures["relative_loss"] = 1;
    row.measures["excess_loss_error"] = 0;
  }
  const std::string text = tables_of(job, rows);
  for (const int table : {0, 1, 2}) {
    const std::string part = text.substr(text.find("\nd " + std::to_string(5 + table) + "\n"));
    CHECK(fields(part, "0.1").at(1) == std::to_string(table));
    CHECK(fields(part, "0.5").at(5) == "15000");
  }
}

TEST_CASE("a curve without a solved row has counts and no table", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.status = Status::infeasible;
  CHECK_THAT(tables_of(job, rows), Contains("activation relu, d 5\nrows: 12 infeasible\n\n"));
}

TEST_CASE("what tells curves apart may be faster than gamma", "[report]") {
  const job::Job job = small_job("objective = norm trace\noffset = 0 1 normal:1\n");
  CHECK_THAT(tables_of(job, numbered_outcomes(0, job.grid.size(), job)), Contains("program trace, offset normal:1\n"));
}

TEST_CASE("the verdict says whether a gamma beats the mean, and what the features allow", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  const std::string some = tables_of(job, rows);
  CHECK_THAT(some, Contains("flatter is worse: Spearman's correlation with the loss over gamma is -1, 95 % interval "
                            "-1 to -1\n"));
  CHECK_THAT(some, Contains("the flattest costs 3 in loss (standard error 0)\n"));
  CHECK_THAT(some, Contains("1 of 4 gammas beat predicting the mean (loss 1)"));
  for (auto& row : rows) {
    row.measures["relative_loss"] += 1;
    row.measures["signal_power"] = 1;
    row.measures["best_loss"] = 0.875;
  }
  CHECK_THAT(tables_of(job, rows),
             Contains("no gamma beats predicting the mean (loss 1); these features allow 0.875 to 0.875\n"));
}
