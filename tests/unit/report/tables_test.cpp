#include "flatsweep/report/tables.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>

#include "flatsweep/job/job.hpp"
#include "flatsweep/report/csv.hpp"
#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Outcome;

namespace {

using Print = void(std::ostream&, const record::ResultsReader&, const job::Selection&);

std::string printed(Print* print, const job::Job& job, const std::vector<Outcome>& rows) {
  const ResultsFixture results(job, rows);
  std::ostringstream out;
  print(out, record::ResultsReader(results.file), job::Selection(job.grid));
  return out.str();
}

std::string tables_of(const job::Job& job, const std::vector<Outcome>& rows) {
  return printed(print_curves, job, rows);
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

/// The CSV's lines as column -> field.
std::vector<std::map<std::string, std::string>> records(const std::string& csv) {
  const std::vector<std::string> lines = lines_of(csv);
  const std::vector<std::string> names = split(lines.at(0), ',');
  std::vector<std::map<std::string, std::string>> all;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> values = split(lines[i], ',');
    REQUIRE(values.size() == names.size());
    all.emplace_back();
    for (std::size_t k = 0; k < names.size(); ++k) all.back()[names[k]] = values[k];
  }
  return all;
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
  const std::uint64_t tables = job.grid.size() / 12;
  CHECK(lines_of(text).back() ==
        std::to_string(tables - 1) + (tables == 2 ? " table has" : " tables have") + " no row yet.");
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

TEST_CASE("the CSV has the same numbers in full precision, a line a gamma", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows[4].status = Status::infeasible;  // seed 1, gamma 0.1
  const auto lines = records(printed(print_curves_csv, job, rows));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("activation") == "relu");
  CHECK(lines[0].at("d") == "5");
  CHECK(std::stod(lines[1].at("gamma")) == 0.366666666666667);
  CHECK(lines[0].at("solved") == "2");
  CHECK(lines[0].at("infeasible") == "1");
  CHECK(lines[0].at("loss_name") == "relative_loss");
  CHECK(lines[0].at("loss_mean") == "0.1");
  CHECK(std::stod(lines[3].at("flatness_mean")) == 220.0 / 3);
  CHECK(std::stod(lines[1].at("outer_l1_standard_error")) == 0);
  const auto column = [&](const std::string& name) {
    std::vector<std::string> values;
    for (const auto& line : lines) values.push_back(line.at(name));
    return values;
  };
  using Fields = std::vector<std::string>;
  CHECK(column("in_verdicts") == Fields{"0", "1", "1", "1"});
  CHECK(column("flattest") == Fields{"0", "0", "0", "1"});
  CHECK(column("best") == Fields{"0", "1", "0", "0"});
  CHECK(column("spearman_over_gamma_flatness") == Fields(4, "-1"));
  CHECK(column("spearman_over_gamma_flatness_unit") == Fields(4, "-0.5"));
  CHECK(std::stod(lines[2].at("spearman_over_rows_flatness")) < -0.8);
  CHECK(lines[2].contains("spearman_over_rows_soft_rank_0.001"));
}

TEST_CASE("curves of axes after gamma are told apart", "[report]") {
  const job::Job job = small_job("objective = norm trace\noffset = 0 1 normal:1\n");
  std::vector<Outcome> rows = numbered_outcomes(0, job.grid.size(), job);
  for (auto& row : rows) {
    const job::Configuration at = job.grid[row.id];
    const double curve =
        (at.objective == model::Objective::trace ? 30.0 : 0.0) + 3.0 * at.offset.value + at.offset.spread;
    row.measures["flatness"] = curve + at.gamma;
    row.measures["relative_loss"] = 1.0 - at.gamma;
    row.measures["excess_loss_error"] = 0;
  }
  const auto lines = records(printed(print_curves_csv, job, rows));
  REQUIRE(lines.size() == job.grid.size() / job.grid.values().seed.size());
  for (const auto& line : lines) {
    const double curve = (line.at("program") == "trace" ? 30.0 : 0.0) + (line.at("offset") == "1"          ? 3.0
                                                                         : line.at("offset") == "normal:1" ? 1.0
                                                                                                           : 0.0);
    CHECK(std::stod(line.at("flatness_mean")) == Approx(curve + std::stod(line.at("gamma"))));
    CHECK(line.at("solved") == "3");
    CHECK(std::stod(line.at("flatness_over_flattest_mean")) ==
          Approx((curve + std::stod(line.at("gamma"))) / (curve + job.grid.values().gamma.front())));
    CHECK(std::stod(line.at("spearman_over_gamma_flatness")) == Approx(-1.0));
  }
  CHECK_THAT(tables_of(job, rows), Contains("program trace, offset normal:1\n"));
}
