#include "flatsweep/report/curves.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "flatsweep/model/target.hpp"
#include "flatsweep/report/verdict.hpp"
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

/// Replace the only number of this value in a file, as a torn write would.
void replace_number(const std::filesystem::path& file, double old, double replacement) {
  const auto bytes = [](double number) { return std::string(reinterpret_cast<const char*>(&number), sizeof number); };
  std::string text = content(file);
  const std::size_t at = text.find(bytes(old));
  REQUIRE(at != std::string::npos);
  REQUIRE(text.find(bytes(old), at + 1) == std::string::npos);
  std::ofstream(file, std::ios::binary) << text.replace(at, sizeof old, bytes(replacement));
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
  CHECK(curves[0].flattest_gamma == 2);
  CHECK(curves[0].least_loss_gamma == 0);
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
  CHECK(!curves[0].flattest_gamma);
  CHECK(!curves[0].least_loss_gamma);
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
  CHECK(curves[0].flattest_gamma == 3);
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
  CHECK(curves[0].flattest_gamma == 2);
  CHECK(curves_of(job, rows, "d=6").empty());
}

TEST_CASE("the rounding error of a loss is relative to the power of the signal", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["signal_power"] = 2;
  const std::vector<Curve> curves = curves_of(job, rows);
  CHECK(curves.at(0).loss_rounding_error == std::vector<double>(4, 0.5e-9));
}

TEST_CASE("the flattest gamma costs its loss less the least one, seed by seed", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows[4].status = Status::pending;  // seed 1 at the gamma of least loss
  rows[11].measures["relative_loss"] += 0.6;
  const Curve curve = curves_of(job, rows).at(0);
  CHECK(curve.flattest_gamma == 3);
  CHECK(curve.least_loss_gamma == 0);
  CHECK(curve.cost_of_flattest.count == 2);  // seeds 0 and 2: 3 and 3.6
  CHECK(curve.cost_of_flattest.value == Approx(3.3));
  CHECK(curve.cost_of_flattest.standard_error == Approx(0.3));
}

TEST_CASE("the interval over seeds holds the correlation, and needs two seeds", "[report]") {
  const job::Job job = small_job();
  const Curve curve = curves_of(job, first_curve(job)).at(0);
  CHECK(curve.flatness.spearman_interval.lower == Approx(-1));
  CHECK(curve.flatness.spearman_interval.upper == Approx(-1));
  const Curve single = curves_of(job, first_curve(job), "seed=1").at(0);
  CHECK(single.flatness.spearman_over_gamma == Approx(-1));
  CHECK(std::isnan(single.flatness.spearman_interval.lower));
}

TEST_CASE("a gamma beats the mean if its relative loss is below 1", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  CHECK(curves_of(job, rows).at(0).beats_mean() == true);
  for (auto& row : rows) row.measures["relative_loss"] += 1;
  CHECK(curves_of(job, rows).at(0).beats_mean() == false);
  for (auto& row : rows) row.measures["relative_loss"] = not_a_number;  // so the loss is by Monte Carlo
  CHECK(!curves_of(job, rows).at(0).beats_mean());
  CHECK(std::isnan(curves_of(job, rows).at(0).baseline));
}

TEST_CASE("the Monte Carlo loss of a quadratic form is compared with that of its mean, noise included", "[report]") {
  const job::Job job = job::parse_job(
      "name = form\n[grid]\nactivation = relu quadratic\nlink = quadratic_form\nnoise = 0.5\ngamma = lin(0.1, 0.9, 4)\n"
      "d = 5 6\nseed = 0..2\n",
      "form.ini");
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) row.measures["relative_loss"] = not_a_number;
  const double baseline = model::quadratic_form_variance(job.grid.values().d.front()) + 0.25;
  const auto with_losses_from = [&](double least) {
    for (auto& row : rows) row.measures["population_loss_mc"] = least + static_cast<double>(value(row.id) % 4);
    return curves_of(job, rows).at(0);
  };
  CHECK(with_losses_from(0.99 * baseline).baseline == baseline);
  CHECK(with_losses_from(0.99 * baseline).beats_mean() == true);
  const Curve curve = with_losses_from(1.01 * baseline);
  CHECK(curve.beats_mean() == false);
  CHECK(abbreviation_of(curve).starts_with("none < 0.6"));
}

TEST_CASE("the least loss that the features allow is relative, too", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  for (auto& row : rows) {
    row.measures["signal_power"] = 4;
    row.measures["best_loss"] = static_cast<double>(value(row.id) % 4);
  }
  const Curve curve = curves_of(job, rows).at(0);
  CHECK(curve.best_loss[2].value == 0.5);
  CHECK(curve.best_loss[2].count == 3);
}

TEST_CASE("torn rows enter no mean and are counted", "[report]") {
  const job::Job job = small_job();
  std::vector<Outcome> rows = first_curve(job);
  rows[6].measures["flatness"] = 12345.678;  // seed 1, third gamma
  const ResultsFixture results(job, rows);
  replace_number(results.file, 12345.678, -1e6);
  const record::ResultsReader reader(results.file);
  CurveReader curves(reader, job::Selection(job.grid));
  const auto curve = curves.next();
  REQUIRE(curve);
  CHECK(curve->counts[2] == StatusCounts{1, 2});
  CHECK(curve->flatness.means[2].value == Approx((80 + 88) / 2.0));
  CHECK(curve->flatness.means[2].count == 2);
  CHECK(!curves.next());
  CHECK(curves.torn_rows() == 1);
  CHECK(curves.counts() == StatusCounts{37, 11});
}
