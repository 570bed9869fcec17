#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <random>
#include <thread>

#include "cpu_time.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/schedule/distribute.hpp"
#include "id.hpp"
#include "schedule/policy.hpp"
#include "seed.hpp"

namespace flatsweep::schedule {
namespace {

using mpi::Communicator;
using Ids = std::vector<std::uint64_t>;

/// One sweep over `size` configurations, as every rank sees it.
struct Trial {
  explicit Trial(std::uint64_t size) : ledger(size), sections{{id(0), size, 1e-3, 0}} {}

  Communicator comm = Communicator::world();
  Ledger ledger;
  std::vector<Section> sections;
  std::function<void(ConfigurationId)> perform = [](ConfigurationId) {};
  std::function<void(const Finished&)> on_finished = [](const Finished&) {};
  std::atomic<bool> stop = false;
  std::optional<StopRequest::Clock::time_point> deadline;

  Ids performed;                   // and flushed, on this rank
  Ids finished;                    // as reported to rank 0
  std::vector<Progress> progress;  // on rank 0

  Ending run() {
    Ids unflushed;
    const Work work{.perform =
                        [&](ConfigurationId configuration) {
                          const Stopwatch stopwatch;
                          perform(configuration);
                          unflushed.push_back(value(configuration));
                          return Finished{configuration, Status::solved, stopwatch.seconds(), ""};
                        },
                    .flush =
                        [&] {
                          performed.insert(performed.end(), unflushed.begin(), unflushed.end());
                          unflushed.clear();
                        },
                    .finished =
                        [&](const Finished& done) {
                          finished.push_back(value(done.id));
                          on_finished(done);
                        }};
    const auto sink = [this](const Progress& seen) { progress.push_back(seen); };
    const Ending ending = distribute(comm, ledger, sections, work, sink, StopRequest(stop), deadline);
    CHECK(unflushed.empty());
    return ending;
  }

  /// Return on rank 0 the sorted ids that all ranks performed. @note Collective
  Ids all_performed() {
    Ids all;
    for (const Ids& ids : comm.gather(performed)) all.insert(all.end(), ids.begin(), ids.end());
    std::ranges::sort(all);
    return all;
  }
};

Ids range(std::uint64_t first, std::uint64_t end) {
  Ids ids;
  for (std::uint64_t number = first; number < end; ++number) ids.push_back(number);
  return ids;
}

}  // namespace

TEST_CASE("every configuration is performed exactly once, whatever it costs", "[schedule][mpi]") {
  Trial trial(400);
  const std::uint64_t seed = test::case_seed();
  trial.sections.clear();
  std::mt19937_64 random(seed);
  for (std::uint64_t first = 0; first < 400; first += 40) {
    const double guess = 1e-4 * static_cast<double>(1 + random() % 20);
    trial.sections.push_back({id(first), 40, guess, static_cast<ProgramKind>(random() % 3)});
  }
  trial.perform = [seed](ConfigurationId configuration) {
    std::mt19937_64 own(seed + value(configuration));
    std::this_thread::sleep_for(std::chrono::microseconds(own() % 2000));
  };
  CHECK(trial.run() == Ending{false, 400});
  const Ids all = trial.all_performed();
  if (!trial.comm.is_root()) return;
  CHECK(all == range(0, 400));
  std::ranges::sort(trial.finished);
  CHECK(trial.finished == range(0, 400));
  CHECK(trial.ledger.count(Status::solved) == 400);
  REQUIRE_FALSE(trial.progress.empty());
  CHECK(trial.progress.back().ended);
  CHECK(trial.progress.back().done == 400);
  CHECK(std::ranges::count(trial.progress, true, &Progress::ended) == 1);
}

TEST_CASE("workers share the work", "[schedule][mpi]") {
  Trial trial(200);
  trial.perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  CHECK(trial.run() == Ending{false, 200});
  const bool works = trial.comm.size() == 1 || !trial.comm.is_root();
  CHECK(trial.performed.empty() == !works);
}

TEST_CASE("thousands of empty configurations leave none out", "[schedule][mpi]") {
  Trial trial(20'000);
  trial.sections[0].seconds = 1e-6;
  CHECK(trial.run() == Ending{false, 20'000});
  const Ids all = trial.all_performed();
  if (trial.comm.is_root()) CHECK(all == range(0, 20'000));
}

TEST_CASE("there may be less work than workers, or none", "[schedule][mpi]") {
  const auto size = GENERATE(std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2});
  Trial trial(size);
  CHECK(trial.run() == Ending{false, size});
  const Ids all = trial.all_performed();
  if (trial.comm.is_root()) CHECK(all == range(0, size));
}

TEST_CASE("a sweep that is stopped anywhere is completed by the next", "[schedule][mpi]") {
  Trial trial(3000);
  const std::uint64_t seed = test::case_seed();
  const int last_rank = trial.comm.size() - 1;
  const std::uint64_t moment = seed % (2 * Policy::largest_batch);  // each worker has as many from the start
  trial.perform = [&](ConfigurationId) { std::this_thread::sleep_for(std::chrono::microseconds(100)); };
  const auto on_worker = [&](auto react) {
    if (trial.comm.rank() != last_rank) return;
    trial.perform = [react, moment, count = std::uint64_t{0}](ConfigurationId) mutable {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      if (count++ == moment) react();
    };
  };
  SECTION("by a request on rank 0") {
    trial.on_finished = [&](const Finished&) {
      if (trial.finished.size() > moment) trial.stop = true;
    };
  }
  SECTION("by a request on a worker") {
    on_worker([&trial] { trial.stop = true; });
  }
  SECTION("by a worker that gives up its configuration") {
    on_worker([] { throw Stopped{}; });
  }
  SECTION("by requests everywhere at about the same time") {
    trial.perform = [&trial, moment, count = std::uint64_t{0}](ConfigurationId) mutable {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      if (count++ == moment) trial.stop = true;
    };
    trial.on_finished = [&](const Finished&) {
      if (trial.finished.size() > moment) trial.stop = true;
    };
  }

  const Ending first = trial.run();
  CHECK(first.stopped_early);
  const Ids done = trial.all_performed();
  if (trial.comm.is_root()) {
    CHECK(first.performed == done.size());
    CHECK(trial.finished.size() == done.size());
    CHECK(trial.ledger.count(Status::solved) == done.size());
    CHECK(trial.ledger.in_flight() == 0);
    for (const std::uint64_t number : done) REQUIRE(trial.ledger.status(id(number)) == Status::solved);
  }

  trial.stop = false;
  trial.perform = [](ConfigurationId) {};
  trial.on_finished = [](const Finished&) {};
  const Ending second = trial.run();
  CHECK_FALSE(second.stopped_early);
  CHECK(first.performed + second.performed == 3000);
  const Ids all = trial.all_performed();
  if (trial.comm.is_root()) CHECK(all == range(0, 3000));
}

TEST_CASE("what was done before a stop between two batches is recorded and reported", "[schedule][mpi]") {
  for (std::uint64_t batches = 1; batches <= 8; ++batches) {
    Trial trial(3000);
    trial.sections[0].seconds = 1e-6;
    trial.perform = [&](ConfigurationId configuration) {
      if (value(configuration) + 1 == batches * Policy::largest_batch) trial.stop = true;
    };
    const Ending ending = trial.run();  // which checks that nothing is left unflushed
    const Ids done = trial.all_performed();
    if (!trial.comm.is_root()) continue;
    CHECK(ending.performed == done.size());
    CHECK(trial.finished.size() == done.size());
  }
}

TEST_CASE("a stop that came before the start lets nothing begin", "[schedule][mpi]") {
  Trial trial(100);
  trial.stop = true;
  CHECK(trial.run() == Ending{true, 0});
  CHECK(trial.performed.empty());
}

TEST_CASE("a stop on an idle worker ends the run", "[schedule][mpi]") {
  Trial trial(1);
  if (trial.comm.size() < 4) return;
  trial.ledger = Ledger(2);
  trial.sections = {{id(0), 2, 1.0, 0}};
  std::thread late([&trial] {
    if (trial.comm.rank() != 3) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    trial.stop = true;
  });
  trial.perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::milliseconds(400)); };
  CHECK(trial.run() == Ending{false, 2});
  late.join();
}

TEST_CASE("what is done, or excluded, is not performed", "[schedule][mpi]") {
  Trial trial(300);
  std::vector<Status> statuses(300);
  std::fill(statuses.begin(), statuses.begin() + 100, Status::solved);
  trial.ledger = Ledger(statuses);
  for (std::uint64_t number = 150; number < 300; ++number) trial.ledger.exclude(id(number));
  CHECK(trial.run() == Ending{false, 50});
  const Ids all = trial.all_performed();
  if (trial.comm.is_root()) CHECK(all == range(100, 150));
}

TEST_CASE("what is predicted to miss the deadline is not started", "[schedule][mpi]") {
  Trial trial(20);
  trial.sections = {{id(0), 10, 3600.0, 0}, {id(10), 10, 1e-3, 0}};
  trial.perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::milliseconds(1)); };
  trial.deadline = StopRequest::Clock::now() + std::chrono::minutes(1);
  CHECK(trial.run() == Ending{true, 10});
  const Ids all = trial.all_performed();
  if (trial.comm.is_root()) CHECK(all == range(10, 20));
}

TEST_CASE("a failure's message arrives, however long", "[schedule][mpi]") {
  const auto comm = Communicator::world();
  Ledger ledger(8);
  const std::string text(100'000, 'x');
  std::uint64_t arrived = 0;
  const Work work{.perform =
                      [&](ConfigurationId failed) {
                        return Finished{failed, Status::failed, 0.0, text};
                      },
                  .flush = [] {},
                  .finished = [&](const Finished& finished) { arrived += finished.message == text ? 1 : 0; }};
  const auto ending = distribute(comm, ledger, {{id(0), 8, 1e-3, 0}}, work, quiet_progress(), {});
  CHECK(ending == Ending{false, 8});
  if (comm.is_root()) CHECK(arrived == 8);
}

TEST_CASE("ranks that wait sleep", "[schedule][mpi]") {
  Trial(4).run();  // so that connections are made
  Trial trial(1);
  trial.perform = [](ConfigurationId) { std::this_thread::sleep_for(std::chrono::seconds(1)); };
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  CHECK(trial.run() == Ending{false, 1});
  CHECK((cpu_seconds() - cpu_before) / stopwatch.seconds() < share_of_spinning);
}

}  // namespace flatsweep::schedule
