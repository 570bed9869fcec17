#include "flatsweep/record/results_file.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "flatsweep/core/error.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

TEST_CASE("a new results file is whole, pending and alone in its directory", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job();
  const RunLock lock = create_results_file(directory / "new.h5", job, provenance());

  CHECK(directory.entries() == std::vector<std::string>{"new.h5"});
  const ResultsReader reader(directory / "new.h5");
  REQUIRE(reader.rows() == job.grid.size());
  std::vector<Status> statuses(reader.rows(), Status::solved);
  reader.read_statuses(0, statuses);
  CHECK(statuses == std::vector<Status>(reader.rows(), Status::pending));
  CHECK(reader.attribute("title") == job.name);
  CHECK(reader.attribute("job") == job.text);
  CHECK(reader.attribute("resolved") == job.resolved());
  CHECK(reader.attribute("mpi") == "Test MPI 1.0");
  CHECK(reader.runs().empty());
  CHECK(reader.messages().empty());

  const std::vector<job::Axis> asked = job.grid.axes();
  const std::vector<job::Axis>& stored = reader.layout().axes();
  REQUIRE(stored.size() == asked.size());
  for (std::size_t k = 0; k < asked.size(); ++k) {
    CHECK(stored[k].name == asked[k].name);
    CHECK(stored[k].long_name == asked[k].long_name);
    CHECK(stored[k].values == asked[k].values);
  }
}

TEST_CASE("the predicted size is the size of the file", "[record]") {
  const TemporaryDirectory directory;
  const std::string settings = GENERATE("", "[output]\nouter_weights = on\n");
  const job::Job job = small_job(settings);
  create_results_file(directory / "new.h5", job, provenance());
  const auto actual = static_cast<double>(fs::file_size(directory / "new.h5"));
  const double predicted = Layout(job).file_bytes();
  CHECK(actual <= predicted);
  CHECK(predicted <= actual + (1 << 20));
}

TEST_CASE("an existing file of the same job is continued, and one of another job refused untouched", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "sweep.h5";
  const job::Job job = small_job();
  claim_results_file(file, job, provenance());
  const auto written = fs::last_write_time(file);

  CHECK_NOTHROW(claim_results_file(file, job, provenance()));
  CHECK_THROWS_WITH(claim_results_file(file, small_job("noise = 0.5\n"), provenance()),
                    Contains("another job") && Contains("--overwrite"));
  CHECK_THROWS_WITH(create_results_file(file, job, provenance()), Contains("exists"));
  CHECK(fs::last_write_time(file) == written);
}

TEST_CASE("overwriting replaces a file of another job, and no other file is left", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "sweep.h5";
  create_results_file(file, small_job("noise = 0.5\n"), provenance());
  const job::Job job = small_job();
  create_results_file(file, job, provenance(), Existing::overwrite);
  CHECK_NOTHROW(ResultsReader(file).require_same_job(job));
  CHECK(directory.entries() == std::vector<std::string>{"sweep.h5"});
}

TEST_CASE("a file in use is neither claimed nor overwritten", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "sweep.h5";
  const job::Job job = small_job();
  const RunLock lock = claim_results_file(file, job, provenance());
  CHECK_THROWS_AS(claim_results_file(file, job, provenance(), Existing::resume, 100ms), FileInUse);
  CHECK_THROWS_AS(create_results_file(file, job, provenance(), Existing::overwrite, 100ms), FileInUse);
  CHECK_NOTHROW(ResultsReader(file).require_same_job(job));
}

TEST_CASE("of two that create one file at once, one creates and the other continues it", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "sweep.h5";
  const job::Job job = small_job();
  std::atomic<int> errors = 0;
  const auto claim = [&] {
    try {
      const RunLock lock = claim_results_file(file, job, provenance(), Existing::resume, 20000ms);
      std::this_thread::sleep_for(20ms);
    } catch (const std::exception&) {
      ++errors;
    }
  };
  // HDF5 is not thread-safe: processes.
  for (int child = 0; child < 3; ++child) {
    if (::fork() == 0) {
      claim();
      ::_exit(errors);
    }
  }
  for (int child = 0; child < 3; ++child) {
    int status = 0;
    ::wait(&status);
    CHECK(status == 0);
  }
  CHECK_NOTHROW(ResultsReader(file).require_same_job(job));
  CHECK(directory.entries() == std::vector<std::string>{"sweep.h5"});
}

TEST_CASE("what cannot become a results file is an error with its reason, and leaves nothing", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job();
  CHECK_THROWS_WITH(claim_results_file(directory / "missing/sweep.h5", job, provenance()),
                    Contains("is not a directory"));
  CHECK_THROWS_WITH(claim_results_file(directory.path(), job, provenance()), Contains("it is a directory"));
  CHECK_THROWS_WITH(create_results_file("/dev/null", job, provenance(), Existing::overwrite),
                    Contains("no ordinary file"));
  CHECK(directory.entries().empty());
}

TEST_CASE("a directory without write permission is an error", "[record]") {
  const TemporaryDirectory directory;
  fs::permissions(directory.path(),
                  fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read | fs::perms::others_exec);
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  std::string message;
  try {
    claim_results_file(directory / "sweep.h5", small_job(), provenance());
  } catch (const Error& error) {
    message = error.what();
  }
  if (root) REQUIRE(::seteuid(0) == 0);
  CHECK_THAT(message, Contains("Permission denied"));
  CHECK(directory.entries().empty());
}

TEST_CASE("a grid that the disk cannot hold is refused before anything is written", "[record]") {
  const TemporaryDirectory directory;
  const job::Job job = small_job(
      "indices = 1 2 3 4\nnoise = lin(0, 1, 10000)\nsample_ratio = lin(2, 3, 1000)\nwidth_ratio = lin(2, 3, "
      "100000)\n");
  CHECK_THROWS_WITH(claim_results_file(directory / "sweep.h5", job, provenance()),
                    Contains("the disk cannot hold") && Contains("GB"));
  CHECK(directory.entries().empty());
}
