#include "flatsweep/report/table.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <sstream>

#include "flatsweep/job/read_job.hpp"
#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Outcome;

namespace {

using Print = void(std::ostream&, const record::ResultsReader&);

std::string printed(Print* print, const job::Job& job, const std::vector<Outcome>& rows) {
  const ResultsFixture results(job, rows);
  std::ostringstream out;
  print(out, record::ResultsReader(results.file));
  return out.str();
}

std::string tables_of(const job::Job& job, const std::vector<Outcome>& rows) {
  return printed(print_tables, job, rows);
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

/// The first table (3 seeds, 4 gammas): over gamma flatness falls, loss rises; the seeds' flatness is skew.
std::vector<Outcome> first_table(const job::Job& job) {
  std::vector<Outcome> rows = numbered_outcomes(0, 12, job);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto gamma = static_cast<double>(i % 4);
    const auto seed = static_cast<double>(i / 4);
    rows[i].measures["flatness"] = 100 - 10 * gamma + 2 * seed * seed;  // + 0, 2, 8
    rows[i].measures["relative_loss"] = gamma + seed / 10;
    rows[i].measures["excess_loss_error"] = 1e-9;
    rows[i].measures["outer_l1"] = gamma;
    rows[i].measures["flatness_unit"] = i % 4 == 3 ? 0.5 : gamma;  // one gamma out of order
    rows[i].measures["population_loss_mc"] = 42;
  }
  return rows;
}

}  // namespace

TEST_CASE("a table shows quartiles over solved seeds, and counts", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_table(job);
  rows[4].status = Status::infeasible;   // seed 1, gamma 0.1
  rows[9].status = Status::failed;       // seed 2, second gamma
  rows[11].status = Status::inaccurate;  // seed 2, gamma 0.9
  const std::string text = tables_of(job, rows);
  using Fields = std::vector<std::string>;
  CHECK(fields(text, "0.1") ==
        Fields{"0.1", "102", "104", "106", "0.05", "0.1", "0.15", "2", "1", "0", "0", "0"});
  CHECK(fields(text, "0.366667") ==
        Fields{"0.366667", "90.5", "91", "91.5", "1.025", "1.05", "1.075", "2", "0", "0", "1", "0"});
  CHECK(fields(text, "0.9") ==
        Fields{"0.9", "70.5", "71", "71.5", "3.025", "3.05", "3.075", "2", "0", "1", "0", "0"});
  CHECK_THAT(text, Contains("activation relu, d 5\n"));
  CHECK_THAT(text, Contains("rows: 9 solved, 1 infeasible, 1 inaccurate, 1 failed\n"));
  CHECK_THAT(text, !Contains("activation quadratic"));
  const std::uint64_t tables = job.grid.size() / 12;
  CHECK(lines_of(text).back() ==
        std::to_string(tables - 1) + (tables == 2 ? " table has" : " tables have") + " no row yet.");
}

TEST_CASE("a table names the flattest gamma and tells what orders the interpolators by loss", "[report]") {
  const job::Job job = small_job();
  const std::string text = tables_of(job, first_table(job));
  CHECK_THAT(text,
             Contains("flattest at gamma 0.9 (flatness 72, loss 3.1); least loss at gamma 0.1 (0.1)\n"));
  // as scipy.stats.spearmanr
  CHECK(fields(text, "flatness") == std::vector<std::string>{"flatness", "-1", "-0.888"});
  CHECK(fields(text, "outer_l1") == std::vector<std::string>{"outer_l1", "1", "0.972"});
  CHECK(fields(text, "flatness_unit") == std::vector<std::string>{"flatness_unit", "0.4", "0.389"});
  CHECK(fields(text, "soft_rank_0.001").size() == 3);
}

TEST_CASE("the Monte Carlo loss is shown where there is no exact one", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_table(job);
  for (auto& row : rows) row.measures["relative_loss"] = not_a_number;
  const std::string text = tables_of(job, rows);
  CHECK_THAT(text, Contains("loss (MC): quartiles"));
  CHECK(fields(text, "0.1").at(5) == "42");
  CHECK(fields(text, "flatness") ==
        std::vector<std::string>{"flatness", "-", "-"});  // one value has no order
  CHECK_THAT(tables_of(job, first_table(job)), Contains("relative loss: quartiles"));
}

TEST_CASE("losses that are rounding errors are zeros, which have no order", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_table(job);
  for (auto& row : rows) row.measures["excess_loss_error"] = 1 + row.measures["excess_loss"];
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.9").at(5) == "0");
  CHECK(fields(text, "flatness") == std::vector<std::string>{"flatness", "-", "-"});
}

TEST_CASE("what was not solved is a dash, and two points have no rank correlation", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_table(job);
  rows.resize(2);
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.9") ==
        std::vector<std::string>{"0.9", "-", "-", "-", "-", "-", "-", "0", "0", "0", "0", "3"});
  CHECK(fields(text, "flatness") == std::vector<std::string>{"flatness", "-", "-"});
  CHECK_THAT(text, Contains("rows: 10 pending, 2 solved\n"));
}

TEST_CASE("tables stay within 100 columns", "[report]") {
  const job::Job job =
      small_job("noise = 0.123456 0.5\nwidth_ratio = 2.34567 3\nsample_ratio = 10.2345 12\n");
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
    CHECK(fields(part, "0.5").at(7) == "15000");
  }
}

TEST_CASE("the CSV has the same numbers in full precision, a line a gamma", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_table(job);
  rows[4].status = Status::infeasible;
  const auto lines = records(printed(print_tables_csv, job, rows));
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("activation") == "relu");
  CHECK(lines[0].at("d") == "5");
  CHECK(std::stod(lines[1].at("gamma")) == 0.366666666666667);
  CHECK(lines[0].at("solved") == "2");
  CHECK(lines[0].at("infeasible") == "1");
  CHECK(lines[0].at("loss_name") == "relative_loss");
  CHECK(lines[3].at("flatness_median") == "72");
  CHECK(lines[3].at("flattest") == "1");
  CHECK(lines[2].at("flattest") == "0");
  CHECK(lines[2].at("spearman_over_gamma_flatness") == "-1");
  CHECK(std::stod(lines[2].at("spearman_over_rows_flatness")) < -0.8);
  CHECK(lines[2].contains("spearman_over_rows_soft_rank_0.001"));
}
