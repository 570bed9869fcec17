#include "flatsweep/report/table.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <sstream>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Measure;

namespace {

std::string tables_of(const job::Job& job, const std::vector<experiment::Outcome>& rows) {
  const TemporaryDirectory directory;
  const record::RunLock lock = create_results_file(directory / "sweep.h5", job, provenance());
  record::ResultsWriter writer(directory / "sweep.h5", job, mpi::Communicator::world());
  writer.write(rows);
  writer.close();
  std::ostringstream out;
  print_tables(out, record::ResultsReader(directory / "sweep.h5"));
  return out.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Fields of the table's line of this gamma.
std::vector<std::string> fields(const std::string& text, const std::string& gamma) {
  for (const std::string& line : lines_of(text)) {
    std::istringstream words(line);
    std::vector<std::string> found;
    for (std::string word; words >> word;) found.push_back(word);
    if (!found.empty() && found[0] == gamma) return found;
  }
  return {};
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// The first table (3 seeds, 4 gammas): flatness falls and loss rises with gamma, exact loss only.
std::vector<experiment::Outcome> first_table(const job::Job& job) {
  std::vector<experiment::Outcome> rows = numbered_outcomes(0, 12, job);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto gamma = static_cast<double>(i % 4);
    const auto seed = static_cast<double>(i / 4);
    rows[i].measures[Measure::flatness] = 100 - 10 * gamma + seed;
    rows[i].measures[Measure::population_loss] = gamma + seed / 10;
    rows[i].measures[Measure::population_loss_mc] = nan;
  }
  return rows;
}

}  // namespace

TEST_CASE("a table shows seed means, counts, the flattest gamma and the rank correlation", "[report]") {
  const job::Job job = small_job();
  std::vector<experiment::Outcome> rows = first_table(job);
  rows[4].status = Status::infeasible;  // seed 1, gamma 0.1
  rows[9].status = Status::failed;      // seed 2, second gamma
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.1") == std::vector<std::string>{"0.1", "101", "0.1", "2", "1", "0", "0"});
  CHECK(fields(text, "0.366667") == std::vector<std::string>{"0.366667", "90.5", "1.05", "2", "0", "1", "0"});
  CHECK(fields(text, "0.9") == std::vector<std::string>{"0.9", "71", "3.1", "3", "0", "0", "0"});
  CHECK_THAT(text, Contains("activation relu, d 5\n"));
  CHECK_THAT(text, !Contains("activation quadratic"));
  CHECK_THAT(text, Contains("flattest at gamma 0.9; Spearman correlation of mean flatness and mean loss over "
                            "gamma: -1\n"));
}

TEST_CASE("the Monte Carlo loss is shown where there is one", "[report]") {
  const job::Job job = small_job();
  std::vector<experiment::Outcome> rows = first_table(job);
  for (auto& row : rows) row.measures[Measure::population_loss_mc] = 42;
  const std::string text = tables_of(job, rows);
  CHECK_THAT(text, Contains("loss (MC)"));
  CHECK(fields(text, "0.1").at(2) == "42");
  CHECK_THAT(text, Contains("over gamma: -\n"));  // one value has no order
}

TEST_CASE("what was not solved is a dash, and two points have no rank correlation", "[report]") {
  const job::Job job = small_job();
  std::vector<experiment::Outcome> rows = first_table(job);
  rows.resize(2);
  const std::string text = tables_of(job, rows);
  CHECK(fields(text, "0.9") == std::vector<std::string>{"0.9", "-", "-", "0", "0", "0", "3"});
  CHECK_THAT(text, Contains("over gamma: -\n"));
}

TEST_CASE("tables stay within 100 columns", "[report]") {
  const job::Job job =
      small_job("noise = 0.123456 0.5\nwidth_ratio = 2.34567 3\nsample_ratio = 10.2345 12\n");
  const std::string text = tables_of(job, numbered_outcomes(0, job.grid.size(), job));
  for (const std::string& line : lines_of(text)) {
    INFO(line);
    CHECK(line.size() <= 100);
  }
}
