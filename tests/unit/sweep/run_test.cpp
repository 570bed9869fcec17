#include "sweep/run.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "id.hpp"
#include "sweep_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::sweep;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using sweep::test::Capture;
using sweep::test::statuses;
using sweep::test::Study;

namespace {

constexpr std::ptrdiff_t rows = 12, rows_of_relu = 6;

mpi::Communicator world() { return mpi::Communicator::world(); }

ExitCode run_quietly(const Request& request) { return run(request, schedule::quiet_progress(), world()); }

std::ptrdiff_t count(const Study& study, Status status) { return std::ranges::count(statuses(study.output), status); }

/// A results file of the study whose rows have these statuses, from id 0 on.
void write_rows(const Study& study, const std::vector<Status>& statuses) {
  const job::Job job = study.job();
  const auto lock = create_results_file(study.output, job, record::this_program());
  record::ResultsWriter writer(study.output, job, world());
  for (std::uint64_t row = 0; row < statuses.size(); ++row) {
    const auto outcome = record::test::numbered_outcome(row, job, statuses[row]);
    writer.write({&outcome, 1});
  }
  writer.close();
}

/// Whether two files have the same bits in every row, but for columns of time and place.
bool are_equal(const std::filesystem::path& one, const std::filesystem::path& other) {
  const record::ResultsReader first(one), second(other);
  for (std::uint64_t row = 0; row < first.rows(); ++row)
    if (row_difference(first.layout(), first.read_rows(row, 1).front().outcome,
                       second.read_rows(row, 1).front().outcome, 0.0))
      return false;
  return true;
}

}  // namespace

TEST_CASE("a run computes every configuration, and a second one finds nothing to do", "[sweep]") {
  const Study study;
  CHECK(run_quietly(study.request()) == ExitCode::done);
  CHECK(count(study, Status::solved) == rows_of_relu);
  CHECK(count(study, Status::infeasible) == rows - rows_of_relu);
  const std::string before = record::test::content(study.output);
  CHECK(run_quietly(study.request()) == ExitCode::done);
  const record::ResultsReader reader(study.output);
  REQUIRE(reader.runs().size() == 2);
  for (const record::Run& run : reader.runs()) {
    CHECK(run.exit_code == 0);
    CHECK(run.ranks == 1);
    CHECK_THAT(run.hosts, Catch::Matchers::EndsWith("*1"));
    REQUIRE(run.pace.has_value());
    CHECK(run.pace->remaining_seconds < 1e-6);  // sums of what was predicted cancel to rounding
  }
  CHECK(reader.runs()[0].pace->performed == static_cast<std::uint64_t>(rows));
  CHECK(reader.runs()[1].pace->performed == 0);
  CHECK(reader.read_rows(0, 1).front().attempts == 1);
}

TEST_CASE("a run that a signal stops is continued to the same bits", "[sweep]") {
  const Study stopped, whole;
  Capture messages(std::cerr);
  Request request = stopped.request();
  request.quiet = false;
  const auto stop = [](const schedule::Progress&) { std::raise(SIGUSR1); };
  CHECK(run(request, stop, world()) == ExitCode::stopped_early);
  CHECK_THAT(messages.text(),
             Contains("stopped early. Run the same command again to continue. It was stopped by SIGUSR1."));
  CHECK(count(stopped, Status::pending) > 0);
  CHECK(record::ResultsReader(stopped.output).runs().back().exit_code == 75);
  CHECK(run_quietly(request) == ExitCode::done);
  CHECK(run_quietly(whole.request()) == ExitCode::done);
  CHECK(are_equal(stopped.output, whole.output));
}

TEST_CASE("after one S-th of a run of S seeds every curve has a solved seed at every feasible gamma", "[sweep]") {
  const Study study;
  Request request = study.request();
  request.overrides = {{"grid.activation", "relu leaky_relu:0.1 quadratic"},
                       {"grid.link", "matched mirrored tanh"},
                       {"grid.gamma", "0.02 0.3 0.9 0.99"},
                       {"grid.d", "20"},
                       {"grid.seed", "0..5"},
                       {"grid.offset", "normal:1"}};
  constexpr std::size_t seeds = 6, gammas = 4;
  double share = 0.0;
  const auto stop = [&share](const schedule::Progress& progress) {
    share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    if (share * seeds >= 1.0) std::raise(SIGUSR1);
  };
  REQUIRE(run(request, stop, world()) == ExitCode::stopped_early);
  CAPTURE(share);  // a little more than 1/S, since progress is shown ten times a second
  REQUIRE(share < 0.4);
  const std::vector<Status> early = statuses(study.output);
  REQUIRE(run_quietly(request) == ExitCode::done);
  const std::vector<Status> whole = statuses(study.output);
  std::size_t feasible = 0;
  for (std::size_t curve = 0; curve < whole.size(); curve += seeds * gammas) {
    for (std::size_t gamma = 0; gamma < gammas; ++gamma) {
      std::size_t solved = 0, solved_early = 0;
      for (std::size_t row = curve + gamma; row < curve + seeds * gammas; row += gammas) {
        solved += whole[row] == Status::solved ? 1 : 0;
        solved_early += early[row] == Status::solved ? 1 : 0;
      }
      if (solved < seeds) continue;
      ++feasible;
      CHECK(solved_early > 0);
    }
  }
  CHECK(feasible > whole.size() / (seeds * gammas));
}

TEST_CASE("a deadline that has passed starts no configuration", "[sweep]") {
  const Study study;
  Request request = study.request();
  request.deadline = StopRequest::Clock::now() - std::chrono::seconds(1);
  CHECK(run_quietly(request) == ExitCode::stopped_early);
  CHECK(count(study, Status::pending) == rows);
}

TEST_CASE("parts leave the rest to another run, and say so", "[sweep]") {
  const Study study;
  Request request = study.request();
  request.quiet = false;
  request.part.where = "gamma>0.4";
  request.part.pilot = 3;
  {
    Capture messages(std::cerr);
    CHECK(run_quietly(request) == ExitCode::done);
    CHECK_THAT(messages.text(), Contains("the part asked for is done, 3 of 12 configurations"));
  }
  CHECK(count(study, Status::pending) == rows - 3);
  Capture messages(std::cerr);
  request.part = {};
  CHECK(run_quietly(request) == ExitCode::done);
  CHECK_THAT(messages.text(), StartsWith("job: 12 rows, 3 done, 9 to do on 1 worker, about "));
  CHECK_THAT(messages.text(), !Contains("the part asked for"));
  CHECK(count(study, Status::pending) == 0);
}

TEST_CASE("failed rows end a run with 3, and are tried again if asked for", "[sweep]") {
  const Study study;
  write_rows(study, {Status::failed, Status::solved});
  Request request = study.request();
  request.quiet = false;
  {
    Capture messages(std::cerr);
    CHECK(run_quietly(request) == ExitCode::some_failed);
    CHECK_THAT(messages.text(), Contains("some configurations failed. flatsweep status"));
  }
  CHECK(count(study, Status::failed) == 1);
  request.retry = {Status::failed};
  CHECK(run_quietly(request) == ExitCode::done);
  CHECK(statuses(study.output).front() == Status::solved);
}

TEST_CASE("inaccurate rows are named also to those who want no progress", "[sweep]") {
  const Study study;
  write_rows(study, {Status::inaccurate});
  Capture messages(std::cerr);
  CHECK(run_quietly(study.request()) == ExitCode::done);
  CHECK_THAT(messages.text(), StartsWith("flatsweep: 1 configurations are inaccurate"));
}

TEST_CASE("a configuration that has crashed three times is not tried again", "[sweep]") {
  const Study study;
  write_rows(study, {});
  {
    const job::Job job = study.job();
    record::ResultsWriter writer(study.output, job, world());
    const auto [descriptor, offset] = writer.attempts_location();
    const std::string attempts = {3, 2};
    REQUIRE(::pwrite(descriptor, attempts.data(), attempts.size(), offset) == 2);
    writer.close();
  }
  Request elsewhere = study.request();
  elsewhere.part.where = "gamma=0.8";
  CHECK(run_quietly(elsewhere) == ExitCode::done);
  CHECK(statuses(study.output)[0] == Status::pending);
  CHECK(run_quietly(study.request()) == ExitCode::some_failed);
  CHECK(statuses(study.output)[0] == Status::crashed);
  CHECK(statuses(study.output)[1] == Status::solved);
  CHECK(record::ResultsReader(study.output).read_rows(1, 1).front().attempts == 3);
}

TEST_CASE("rows of another file are reused, and the rest is computed", "[sweep]") {
  const Study old, whole;
  Request part = old.request();
  part.part.where = "gamma=0.2 0.5";
  CHECK(run_quietly(part) == ExitCode::done);
  Study denser;
  Request request = denser.request();
  request.overrides = {{"grid.gamma", "0.2 0.8"}};
  request.reuse = old.output;
  request.quiet = false;
  {
    Capture messages(std::cerr);
    CHECK(run_quietly(request) == ExitCode::done);
    CHECK_THAT(messages.text(), Contains("4 rows copied from " + old.output.string()));
  }
  CHECK(std::ranges::count(statuses(denser.output), Status::pending) == 0);
}

TEST_CASE("what cannot be honoured is refused before anything is written", "[sweep]") {
  const Study study;
  Request nothing_selected = study.request();
  nothing_selected.part.where = "gamma>0.9";
  CHECK_THROWS_WITH(run_quietly(nothing_selected), StartsWith("--where"));
  Request absent = study.request();
  absent.reuse = study.folder / "absent.h5";
  CHECK_THROWS_WITH(run_quietly(absent), StartsWith("--reuse"));
  CHECK(study.folder.entries() == std::vector<std::string>{"job.ini"});
}

TEST_CASE("results of another job are only overwritten", "[sweep]") {
  const Study study;
  CHECK(run_quietly(study.request()) == ExitCode::done);
  Request other = study.request();
  other.overrides = {{"grid.gamma", "0.3"}};
  CHECK_THROWS_AS(run_quietly(other), Error);
  CHECK(statuses(study.output).size() == static_cast<std::size_t>(rows));
  other.overwrite = true;
  CHECK(run_quietly(other) == ExitCode::done);
  CHECK(statuses(study.output).size() == 4);
}

TEST_CASE("a file that another run holds is waited for and then refused", "[sweep]") {
  const Study study;
  const auto lock = create_results_file(study.output, study.job(), record::this_program());
  Request request = study.request();
  request.patience = std::chrono::milliseconds(0);
  Capture messages(std::cerr);
  CHECK_THROWS_AS(run_quietly(request), FileInUse);
  CHECK_THAT(messages.text(), Contains("is in use by another run; waiting up to 0 s"));
}

TEST_CASE("a file that cannot be written ends the run with the reason", "[sweep]") {
  const Study study;
  CHECK(run_quietly([&] {
          Request request = study.request();
          request.part.pilot = 1;
          return request;
        }()) == ExitCode::done);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
  const auto forbid_writing = [&](const schedule::Progress& progress) {
    const rlimit none{progress.ended ? old.rlim_cur : 0, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &none);
  };
  Capture messages(std::cerr);
  const ExitCode code = run(study.request(), forbid_writing, world());
  ::setrlimit(RLIMIT_FSIZE, &old);
  CHECK(code == ExitCode::bad_input);
  CHECK_THAT(messages.text(), StartsWith("flatsweep: "));
}
