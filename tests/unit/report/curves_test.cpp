#include "flatsweep/report/curves.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "report_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::report;
using namespace flatsweep::report::test;
using namespace flatsweep::record::test;
using experiment::Outcome;

namespace {

std::vector<Curve> curves_of(const job::Job& job, const std::vector<Outcome>& rows,
                             const std::string& conditions = "") {
  const ResultsFixture results(job, rows);
  const record::ResultsReader reader(results.file);
  job::Selection selection(job.grid);
  if (!conditions.empty()) selection.keep_where(conditions);
  CurveReader curves(reader, selection);
  std::vector<Curve> all;
  while (auto curve = curves.next()) all.push_back(std::move(*curve));
  return all;
}

}  // namespace

TEST_CASE("a gamma counts in verdicts if its finished seeds are solved, however many are pending", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  const Status excluding = GENERATE(Status::infeasible, Status::inaccurate, Status::failed, Status::crashed);
  rows[11].status = excluding;                        // seed 2 of the last gamma, which is the flattest
  rows[0].status = rows[4].status = Status::pending;  // seeds 0 and 1 of the first
  const std::vector<Curve> curves = curves_of(job, rows);
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].in_verdicts == std::vector<bool>{true, true, true, false});
  CHECK(curves[0].flattest == 2);
  CHECK(curves[0].best == 0);
  CHECK(curves[0].loss[0].value == 0.2);
  CHECK(curves[0].loss[3].value == Approx(3.05));  // still shown
  CHECK(curves[0].flatness.spearman_over_gamma == -1);
  CHECK(curves[0].others[0].name == "flatness_unit");
  CHECK(curves[0].others[0].spearman_over_gamma == Approx(1));
}

TEST_CASE("without a gamma that counts there is no verdict", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (std::size_t gamma = 0; gamma < 4; ++gamma) rows[gamma].status = Status::infeasible;
  const std::vector<Curve> curves = curves_of(job, rows);
  REQUIRE(curves.size() == 1);
  CHECK(!curves[0].flattest);
  CHECK(!curves[0].best);
  CHECK(std::isnan(curves[0].flatness.spearman_over_gamma));
  CHECK(curves[0].flatness.spearman_over_rows < -0.8);
  CHECK(std::isnan(curves[0].flatness_over_flattest[0].value));
}

TEST_CASE("flatness is compared with that of the same seed at the flattest gamma and of the teacher", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["flatness_teacher"] = 20;
  rows[7].status = Status::pending;  // seed 1 at the flattest gamma
  const std::vector<Curve> curves = curves_of(job, rows);
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].flattest == 3);
  const Mean first = curves[0].flatness_over_flattest[0];
  CHECK(first.value == Approx((100.0 / 70 + 108.0 / 78) / 2));
  CHECK(first.standard_error == Approx(std::abs(100.0 / 70 - 108.0 / 78) / 2));
  CHECK(curves[0].flatness_over_flattest[3].value == 1);
  CHECK(curves[0].flatness_over_teacher[1].value == Approx((90 + 92 + 98) / 60.0));
}

TEST_CASE("curves are those of the selected rows alone", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows)
    if (value(row.id) % 4 == 1) row.status = Status::pending;
  const std::vector<Curve> curves = curves_of(job, rows, "seed=1 2,gamma<0.8");
  REQUIRE(curves.size() == 1);
  CHECK(curves[0].gammas == std::vector<std::size_t>{0, 1, 2});
  CHECK(curves[0].flatness.means[0].value == Approx((102 + 108) / 2.0));
  CHECK(curves[0].total() == StatusCounts{2, 4});
  CHECK(curves[0].flattest == 2);
  CHECK(curves_of(job, rows, "d=6").empty());
}

TEST_CASE("the rounding error of a loss is relative to the power of the signal", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["signal_power"] = 2;
  const std::vector<Curve> curves = curves_of(job, rows);
  CHECK(curves.at(0).loss_rounding_error == std::vector<double>(4, 0.5e-9));
}
