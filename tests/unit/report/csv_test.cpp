#include "flatsweep/report/csv.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
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
