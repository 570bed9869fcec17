#include <catch2/catch.hpp>
#include <limits>

#include "flatsweep/core/text.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;

TEST_CASE("rows differ by the first thing that does, to the last bit", "[record]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  const Layout layout(job);
  const experiment::Outcome row = numbered_outcome(17, job);
  CHECK_FALSE(row_difference(layout, row, row));

  experiment::Outcome other = row;
  other.solve_seconds += 1;
  CHECK_FALSE(row_difference(layout, row, other));

  other.outer_weights(1) += 1e-14;
  CHECK(row_difference(layout, row, other) == "outer_weights is 17 and 17.00000000000001");
  other.measures.of(experiment::measure_index("soft_rank"))[2] = -0.0;
  CHECK(row_difference(layout, row, other) == "soft_rank is 17.2 and -0");
  other.measures["gap"] = std::numeric_limits<double>::quiet_NaN();
  CHECK(row_difference(layout, row, other) == "gap is " + shortest(row.measures["gap"]) + " and nan");
  other.iterations = 3;
  CHECK(row_difference(layout, row, other) == "iterations is 18 and 3");
  other.status = Status::infeasible;
  CHECK(row_difference(layout, row, other) == "status is solved and infeasible");
}

TEST_CASE("with a tolerance, rows differ by more than that only", "[record]") {
  const job::Job job = small_job();
  const Layout layout(job);
  experiment::Outcome row = numbered_outcome(40, job);
  row.measures["residual"] = 1e-15;
  row.measures["best_loss"] = std::numeric_limits<double>::quiet_NaN();
  experiment::Outcome other = row;
  other.iterations += 1;
  other.measures["residual"] = 3e-15;
  other.measures["flatness"] *= 1 + 1e-10;
  CHECK(row_difference(layout, row, other));
  CHECK_FALSE(row_difference(layout, row, other, 1e-9));
  other.measures["flatness"] *= 1 + 1e-8;
  CHECK(row_difference(layout, row, other, 1e-9));
  other = row;
  other.measures["best_loss"] = 0.0;
  CHECK(row_difference(layout, row, other, 1e-9));
  other = row;
  other.status = Status::inaccurate;
  CHECK(row_difference(layout, row, other, 1e-9));
}
