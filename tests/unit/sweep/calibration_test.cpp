#include "sweep/calibration.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "id.hpp"
#include "sweep_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::sweep;

TEST_CASE("rows of earlier runs calibrate the kinds of program that they have", "[sweep]") {
  const sweep::test::Study study;
  const job::Job job = study.job();
  const auto lock = create_results_file(study.output, job, record::this_program());
  schedule::Ledger ledger(job.grid.size());
  {
    record::ResultsWriter writer(study.output, job, mpi::Communicator::world());
    auto row = record::test::numbered_outcome(0, job);  // took 0.125 + 0.25 + 0.5 s
    writer.write({&row, 1});
    auto failed = record::test::numbered_outcome(1, job, Status::failed);
    failed.solve_seconds = 1e6;
    writer.write({&failed, 1});
    writer.close();
  }
  ledger.assign({id(0), 2});
  ledger.complete(id(0), Status::solved);
  ledger.complete(id(1), Status::failed);
  const schedule::CostModel cost = calibrate_by_rows(record::ResultsReader(study.output), ledger);
  CHECK(cost.seconds(job.grid[id(0)]) == Approx(0.875));
  CHECK(cost.seconds(job.grid[id(3)]) == Approx(0.875));
  CHECK(cost_model_of(job).seconds(job.grid[id(0)]) < 0.1);
}

TEST_CASE("probes calibrate every kind that fits into the budget", "[sweep]") {
  const sweep::test::Study study("[measure]\nspectrum = off\n");
  const job::Job job = study.job();
  const schedule::CostModel before = cost_model_of(job);
  const schedule::CostModel after = calibrate_by_probes(job, 0.2);
  for (std::uint64_t row : {std::uint64_t{0}, job.grid.size() - 1}) {
    CHECK(after.seconds(job.grid[id(row)]) > 0.0);
    CHECK(after.seconds(job.grid[id(row)]) != before.seconds(job.grid[id(row)]));
  }
  const schedule::CostModel without_time = calibrate_by_probes(job, 0.0);
  CHECK(without_time.seconds(job.grid[id(0)]) == before.seconds(job.grid[id(0)]));
}

TEST_CASE("probes grow up to the size of the job", "[sweep]") {
  const job::Job job = job::parse_job(
      "[grid]\nactivation = relu\nlink = matched\ngamma = 0.2 0.8\nd = 20\nseed = 0..9\n[measure]\nspectrum = off\n",
      "job");
  CHECK(calibrate_by_probes(job, 0.3).seconds(job.grid[id(0)]) > 0.0);
}

TEST_CASE("probes end when a stop is requested", "[sweep]") {
  const sweep::test::Study study;
  const std::atomic<bool> is_requested = true;
  CHECK_THROWS_AS(calibrate_by_probes(study.job(), 1.0, StopRequest(is_requested)), Stopped);
}

TEST_CASE("before a first run a short or stopped job is not probed", "[sweep]") {
  const sweep::test::Study study;
  const job::Job small = study.job();
  CHECK(calibrate_before_first_run(small, 1, {}).seconds(small.grid[id(0)]) ==
        cost_model_of(small).seconds(small.grid[id(0)]));
  const job::Job large = job::parse_job(
      "[grid]\nactivation = relu\nlink = matched\ngamma = lin(0, 1, 100)\nd = 200\nseed = 0..99\n", "large");
  const std::atomic<bool> is_requested = true;
  CHECK(calibrate_before_first_run(large, 2, StopRequest(is_requested)).seconds(large.grid[id(0)]) ==
        cost_model_of(large).seconds(large.grid[id(0)]));
}
