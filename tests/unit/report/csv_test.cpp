#include "flatsweep/report/csv.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>

#include "flatsweep/core/error.hpp"
#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Outcome;

namespace {

struct Csv {
  std::vector<std::string> comments;
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;

  explicit Csv(const std::string& text) {
    for (const std::string& line : lines_of(text))
      if (line.starts_with('#'))
        comments.push_back(line);
      else if (names.empty())
        names = split(line, ',');
      else
        rows.push_back(split(line, ','));
  }

  [[nodiscard]] std::string at(std::size_t row, const std::string& name) const {
    const auto found = std::ranges::find(names, name);
    REQUIRE(found != names.end());
    return rows.at(row).at(static_cast<std::size_t>(found - names.begin()));
  }
};

Csv exported(const ResultsFixture& results) {
  std::ostringstream out;
  export_csv(out, record::ResultsReader(results.file));
  return Csv(out.str());
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
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

std::vector<std::map<std::string, std::string>> curve_lines(const job::Job& job, const std::vector<Outcome>& rows) {
  const ResultsFixture results(job, rows);
  std::ostringstream out;
  CHECK(print_curves_csv(out, record::ResultsReader(results.file), job::Selection(job.grid)) == 0);
  return records(out.str());
}

}  // namespace

TEST_CASE("the table has a line a configuration, with the values that the results file holds", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = numbered_outcomes(0, 20, job);
  rows[3].measures["flatness"] = 0.1 + 0.2;  // not a short decimal
  rows[4].measures["flatness"] = std::numeric_limits<double>::denorm_min();
  rows[5].status = Status::infeasible;
  rows[5].measures["flatness"] = std::nan("");
  const Csv csv = exported(ResultsFixture(job, rows));
  REQUIRE(csv.rows.size() == 48);
  for (const auto& row : csv.rows) CHECK(row.size() == csv.names.size());
  CHECK(csv.at(3, "id") == "3");
  CHECK(csv.at(3, "activation") == "relu");
  CHECK(csv.at(47, "activation") == "quadratic");
  CHECK(csv.at(5, "seed") == "1");
  CHECK(std::stod(csv.at(5, "gamma")) == 0.366666666666667);
  CHECK(std::stod(csv.at(3, "flatness")) == 0.1 + 0.2);
  CHECK(csv.at(4, "flatness") == "5e-324");
  CHECK(csv.at(5, "flatness").empty());
  CHECK(csv.at(5, "status") == "infeasible");
  CHECK(csv.at(7, "soft_rank_0.1") == "7.1");
  CHECK(csv.at(7, "iterations") == "8");
  CHECK(csv.at(7, "solve_seconds") == "0.25");
}

TEST_CASE("a pending row has nothing but its axis values", "[report]") {
  const job::Job job = small_job();
  const Csv csv = exported(ResultsFixture(job, numbered_outcomes(0, 20, job)));
  CHECK(csv.at(20, "status") == "pending");
  CHECK(csv.at(20, "d") == "6");
  for (const char* name : {"flatness", "soft_rank_10", "iterations", "checksum", "rank"})
    CHECK(csv.at(20, name).empty());
}

TEST_CASE("comments before the table give every column's meaning and unit", "[report]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const Csv csv = exported(ResultsFixture(job, numbered_outcomes(0, 1, job)));
  const auto says = [&](const std::string& start) {
    return std::ranges::any_of(csv.comments, [&](const std::string& line) { return line.starts_with(start); });
  };
  CHECK(says("# solve_seconds [s]: time"));
  CHECK(says("# flatness [1]: Hessian trace"));
  CHECK(says("# soft_rank_ridge [1]: tr("));
  for (const std::string& name : csv.names) {
    INFO(name);
    CHECK(says("# " + (name.starts_with("soft_rank_") ? "soft_rank_ridge" : name) + " ["));
    CHECK(!name.starts_with("outer_weights"));
  }
}

TEST_CASE("the file is written whole or not at all, and replaced only where asked", "[report]") {
  const job::Job job = small_job();
  const ResultsFixture results(job, numbered_outcomes(0, 48, job));
  const record::ResultsReader reader(results.file);
  const std::filesystem::path table = results.directory / "table.csv";
  export_csv(table, reader, record::Existing::refuse);
  std::ostringstream streamed;
  export_csv(streamed, reader);
  CHECK(contents(table) == streamed.str());
  CHECK_THROWS_WITH(export_csv(table, reader, record::Existing::refuse), Contains("--overwrite"));
  CHECK_NOTHROW(export_csv(table, reader, record::Existing::overwrite));
  CHECK_THROWS_AS(export_csv(results.directory / "absent/table.csv", reader, record::Existing::refuse), Error);
  CHECK(results.directory.entries() == std::vector<std::string>{"sweep.h5", "table.csv"});
}

TEST_CASE("the CSV has the same numbers in full precision, a line a gamma", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows[4].status = Status::infeasible;  // seed 1, gamma 0.1
  for (auto& row : rows) row.measures["signal_power"] = 2 * (row.measures["best_loss"] = 3);
  const auto lines = curve_lines(job, rows);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0].at("activation") == "relu");
  CHECK(lines[0].at("d") == "5");
  CHECK(std::stod(lines[1].at("gamma")) == 0.366666666666667);
  CHECK(lines[0].at("solved") == "2");
  CHECK(lines[0].at("infeasible") == "1");
  CHECK(lines[0].at("loss_name") == "relative_loss");
  CHECK(lines[0].at("loss_mean") == "0.1");
  CHECK(lines[0].at("loss_count") == "2");
  CHECK(lines[0].at("baseline") == "1");
  CHECK(lines[0].at("best_loss_mean") == "0.5");
  CHECK(std::stod(lines[0].at("flattest_gamma")) == 0.9);
  CHECK(std::stod(lines[3].at("least_loss_gamma")) == 0.366666666666667);
  CHECK(lines[0].at("verdict") == "flatter is worse; no gamma beats the mean");
  CHECK(lines[0].at("beats_mean") == "0");
  CHECK(std::stod(lines[2].at("cost_of_flattest_mean")) == Approx(2));
  CHECK(lines[2].at("cost_of_flattest_count") == "3");
  CHECK(std::stod(lines[2].at("spearman_lower_flatness")) == Approx(-1));
  CHECK(std::stod(lines[2].at("spearman_upper_flatness")) == Approx(-1));
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
  const auto lines = curve_lines(job, rows);
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
}
