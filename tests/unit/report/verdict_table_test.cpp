#include "flatsweep/report/verdict_table.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/report/head.hpp"
#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using experiment::Outcome;
using Words = std::vector<std::string>;

namespace {

struct Printed {
  std::vector<std::string> table;
  std::string legend;
  StatusCounts counts;
};

Printed printed(const job::Job& job, const std::vector<Outcome>& rows, std::size_t width = 100, std::size_t most = 99) {
  const ResultsFixture results(job, rows);
  const record::ResultsReader reader(results.file);
  const VerdictTable table(reader, job::Selection(job.grid));
  std::ostringstream lines, legend;
  table.print(lines, width, most);
  table.print_legend(legend, width);
  return {lines_of(lines.str()), legend.str(), table.counts()};
}

Words words_of(const std::string& line) {
  std::istringstream in(line);
  Words found;
  for (std::string word; in >> word;) found.push_back(word);
  return found;
}

std::string in_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::size_t widest(const std::vector<std::string>& lines) {
  return std::ranges::max(
             lines, {}, [](const std::string& line) { return line.size(); })
      .size();
}

/// A job of many axes, all rows with a loss that rises as flatness falls.
std::vector<Outcome> many_axes(const job::Job& job) {
  std::vector<Outcome> rows = numbered_outcomes(0, job.grid.size(), job);
  for (auto& row : rows) {
    const double gamma = job.grid[row.id].gamma;
    row.measures["flatness"] = 1.2345678e-100 * (1 + gamma);
    row.measures["relative_loss"] = 1.2345678e+100 * (1 + gamma);
    row.measures["excess_loss_error"] = 0;
  }
  return rows;
}

}  // namespace

TEST_CASE("the verdict table has a line a curve", "[report]") {
  std::vector<Outcome> rows = first_curve(small_job());
  for (auto& row : rows) row.measures["best_loss"] = not_a_number;  // not measured
  const Printed found = printed(small_job(), rows);
  REQUIRE(found.table.size() == 2);
  CHECK(words_of(found.table[0]) ==
        Words{"activation", "d", "flattest", "loss", "best", "loss", "Spearman", "verdict"});
  CHECK(words_of(found.table[1]) ==
        Words{"relu", "5", "0.9", "3.1", "0.1", "0.1", "-1.00", "[-1.00,", "-1.00]", "flatter", "is", "worse"});
  CHECK(found.counts == StatusCounts{36, 12});
  CHECK_THAT(found.legend, Contains("3 curves have no row yet.\n"));
}

TEST_CASE("the table tells how many seeds are done, and at how many gammas all are solved", "[report]") {
  std::vector<Outcome> rows = first_curve(small_job());
  rows[8].status = rows[9].status = rows[5].status = Status::pending;
  rows[3].status = Status::infeasible;
  const Printed found = printed(small_job(), rows);
  CHECK_THAT(found.table[0], Contains("  seeds  gammas  "));
  CHECK_THAT(found.table[1], Contains("    1/3     3/4  "));
  CHECK_THAT(in_one_line(found.legend), Contains("gammas: those that count"));
}

TEST_CASE("a curve whose losses are all above 1 does not beat the mean", "[report]") {
  std::vector<Outcome> rows = first_curve(small_job());
  for (auto& row : rows) row.measures["relative_loss"] = 6 - row.measures["relative_loss"];
  const Printed wide = printed(small_job(), rows);
  CHECK_THAT(wide.table[1], Contains("1.00 [1.00, 1.00]  none beats the mean"));
  const Printed narrow = printed(small_job(), rows, 80);
  CHECK_THAT(narrow.table[1], Contains("  none < 1"));
  CHECK_THAT(in_one_line(narrow.legend), Contains("no gamma beats predicting the mean"));
  for (auto& row : rows) row.measures["relative_loss"] = not_a_number;
  const Printed monte_carlo = printed(small_job(), rows);
  CHECK_THAT(monte_carlo.table[1], Contains("  42~  "));
  CHECK_THAT(in_one_line(monte_carlo.legend), Contains("by Monte Carlo"));
}

TEST_CASE("the table fits its width whatever the axes are", "[report]") {
  const job::Job job = small_job("noise = 0.123456 0.5\nwidth_ratio = 2.34567 3\nsample_ratio = 10.2345 12\n");
  const std::size_t width = GENERATE(60, 70, 80, 90, 100);
  const Printed found = printed(job, many_axes(job), width);
  const auto is_verdict = [](const std::string& line) {
    return line.ends_with("none < 1") || line.ends_with("none beats the mean");
  };
  CHECK(widest(found.table) <= std::max<std::size_t>(width, 75));  // numbers alone take 75 columns here
  CHECK(widest(lines_of(found.legend)) <= width);
  CHECK(std::ranges::count_if(found.table, is_verdict) == 32);
  CHECK(printed(job, many_axes(job), width, 5).table.back() == "and 27 curves more");
}

TEST_CASE("the head has sizes, seeds, gammas and what is not the default", "[report]") {
  CHECK(head_of(small_job()) ==
        Words{"d 5 6", "n 50 60", "m 100 120", "3 seeds", "4 gammas from 0.1 to 0.9", "link matched"});
  CHECK(head_of(small_job("offset = normal:1\nnoise = 0\nindices = 2\n[measure]\nbest_loss = on\n")) ==
        Words{"d 5 6", "n 50 60", "m 100 120", "3 seeds", "4 gammas from 0.1 to 0.9", "link matched", "indices 2",
              "offset normal:1", "best_loss on"});
}
