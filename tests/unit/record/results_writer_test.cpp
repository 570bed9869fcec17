#include "flatsweep/record/results_writer.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

/// A file that rank 0 created in a directory of its own, known to all ranks.
class SharedFile {
 public:
  explicit SharedFile(const job::Job& job) {
    std::vector<std::byte> name;
    if (comm.is_root()) {
      directory_.emplace();
      const std::string file = (*directory_ / "sweep.h5").string();
      lock_.emplace(create_results_file(file, job, provenance()));
      name.resize(file.size());
      std::memcpy(name.data(), file.data(), file.size());
    }
    comm.broadcast(name, 0);
    path = std::string(reinterpret_cast<const char*>(name.data()), name.size());
  }

  [[nodiscard]] std::vector<std::string> entries() const { return directory_->entries(); }

  const mpi::Communicator comm = mpi::Communicator::world();
  fs::path path;

 private:
  std::optional<TemporaryDirectory> directory_;
  std::optional<RunLock> lock_;
};

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void check_row(const Row& row, const experiment::Outcome& expected) {
  CHECK(row.valid);
  CHECK(row.outcome.status == expected.status);
  CHECK(row.outcome.iterations == expected.iterations);
  CHECK(row.outcome.measures.values() == expected.measures.values());
  CHECK(row.outcome.solve_seconds == expected.solve_seconds);
  CHECK(row.attempts == 1);
}

}  // namespace

TEST_CASE("rows written by every rank are read back by id", "[record]") {
  const job::Job job = small_job("[output]\nouter_weights = on\n");
  SharedFile file(job);
  const std::uint64_t rows = job.grid.size();
  const auto ranks = static_cast<std::uint64_t>(file.comm.size());
  const auto rank = static_cast<std::uint64_t>(file.comm.rank());
  ResultsWriter writer(file.path, job, file.comm);
  // Runs of 5 across the ends of the gamma and seed axes, dealt to the ranks in turn; the last run stays
  // away.
  for (std::uint64_t first = 5 * rank; first + 5 <= rows; first += 5 * ranks)
    writer.write(numbered_outcomes(first, 5, job));
  writer.sync();
  writer.close();

  if (!file.comm.is_root()) return;
  const ResultsReader reader(file.path);
  const std::uint64_t written = rows / 5 * 5;
  std::vector<Status> sound(rows);
  reader.read_valid_statuses(0, sound);
  for (std::uint64_t id = 0; id < rows; ++id) CHECK(sound[id] == (id < written ? Status::solved : Status::pending));
  const std::vector<Row> read = reader.read_rows(0, rows);
  for (std::uint64_t id = 0; id < written; ++id) {
    check_row(read[id], numbered_outcome(id, job));
    CHECK(read[id].rank == static_cast<int>(id / 5 % ranks));
    const Index width = job.grid[ConfigurationId{id}].width;
    CHECK(read[id].outcome.outer_weights(width - 1) == static_cast<double>(id));
    CHECK((width == job.grid.largest_width() || std::isnan(read[id].outcome.outer_weights(width))));
  }
  for (std::uint64_t id = written; id < rows; ++id) {
    CHECK(std::isnan(read[id].outcome.measures["flatness"]));
    CHECK_FALSE(read[id].rank.has_value());
    CHECK(read[id].attempts == 0);
  }
  CHECK(file.entries() == std::vector<std::string>{"sweep.h5"});
}

TEST_CASE("the file tells what each rank is at until the next run begins", "[record]") {
  const job::Job job = small_job();
  SharedFile file(job);
  ResultsWriter writer(file.path, job, file.comm);
  const int rank = file.comm.rank();
  const auto before = Run::Clock::now();
  writer.begin_row(ConfigurationId{static_cast<std::uint64_t>(7 + rank)});
  file.comm.barrier();
  if (file.comm.is_root()) {
    const std::vector<Activity> all = ResultsReader(file.path).activity();
    REQUIRE(all.size() == static_cast<std::size_t>(file.comm.size()));
    for (int k = 0; k < file.comm.size(); ++k) {
      CHECK(all[static_cast<std::size_t>(k)].rank == k);
      CHECK(value(all[static_cast<std::size_t>(k)].id) == static_cast<std::uint64_t>(7 + k));
      CHECK(all[static_cast<std::size_t>(k)].since > before - std::chrono::minutes(1));
    }
  }
  file.comm.barrier();
  if (!file.comm.is_root()) writer.end_rows();
  file.comm.barrier();
  if (file.comm.is_root()) {
    CHECK(ResultsReader(file.path).activity().size() == 1);  // as if rank 0 had been killed
    writer.begin_run(this_run(1, ""));
    CHECK(ResultsReader(file.path).activity().empty());
  }
  writer.close();
}

TEST_CASE("a row written again counts its attempts, and a flipped byte makes it pending", "[record]") {
  const job::Job job = small_job();
  SharedFile file(job);
  {
    ResultsWriter writer(file.path, job, file.comm);
    if (file.comm.is_root()) {
      std::vector<experiment::Outcome> failed = {numbered_outcome(11, job, Status::failed)};
      writer.write(failed);
      writer.write(numbered_outcomes(10, 4, job));
    }
    writer.close();
  }
  if (!file.comm.is_root()) return;
  CHECK(ResultsReader(file.path).read_rows(11, 1)[0].attempts == 2);

  // The flatness of row 12 occurs once in the file.
  std::fstream stream(file.path, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes(fs::file_size(file.path), '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  const double value = numbered_outcome(12, job).measures["flatness"];
  const auto at = bytes.find(std::string(reinterpret_cast<const char*>(&value), sizeof value));
  REQUIRE(at != std::string::npos);
  stream.seekp(static_cast<std::streamoff>(at));
  stream.put(static_cast<char>(bytes[at] ^ 4));
  stream.close();

  const ResultsReader reader(file.path);
  std::vector<Status> sound(6);
  reader.read_valid_statuses(9, sound);
  CHECK(sound == std::vector<Status>{Status::pending, Status::solved, Status::solved, Status::pending, Status::solved,
                                     Status::pending});
  std::vector<CheckedStatus> checked(6);
  reader.read_checked_statuses(9, checked);
  CHECK(checked[0].status == Status::pending);
  CHECK_FALSE(checked[0].torn);
  CHECK_FALSE(checked[2].torn);
  CHECK(checked[3].status == Status::solved);
  CHECK(checked[3].torn);
  CHECK_FALSE(reader.read_rows(12, 1)[0].valid);
  CHECK(reader.read_rows(12, 1)[0].attempts == 1);
}

TEST_CASE("NaN is stored by one bit pattern", "[record]") {
  const job::Job job = small_job();
  SharedFile file(job);
  ResultsWriter writer(file.path, job, file.comm);
  if (file.comm.is_root()) {
    std::vector<experiment::Outcome> rows = {numbered_outcome(0, job), numbered_outcome(1, job)};
    rows[0].measures = experiment::Measures();
    rows[0].measures["gap"] = -std::numeric_limits<double>::quiet_NaN();
    rows[1].measures["gap"] = std::numeric_limits<double>::quiet_NaN();
    writer.write(rows);
  }
  writer.close();
  if (!file.comm.is_root()) return;
  std::vector<double> gaps(2);
  ResultsReader(file.path).read("gap", 0, gaps);
  CHECK(std::memcmp(&gaps[0], &gaps[1], sizeof(double)) == 0);
  std::vector<double> soft_rank(job.settings.ridge.size());
  ResultsReader(file.path).read("soft_rank", 0, soft_rank);
  for (const double rank : soft_rank) CHECK(same(rank, NAN));
}

TEST_CASE("a run says how far it is, until the next one begins", "[record]") {
  const job::Job job = small_job();
  SharedFile file(job);
  ResultsWriter writer(file.path, job, file.comm);
  if (file.comm.is_root()) {
    const auto last = [&] { return ResultsReader(file.path).runs().back(); };
    writer.begin_run(this_run(1, ""));
    CHECK_FALSE(last().pace.has_value());
    const auto now = Run::Clock::now();
    writer.write_pace({now, 123456789012, 7.5});
    REQUIRE(last().pace.has_value());
    CHECK(last().pace->performed == 123456789012);
    CHECK(last().pace->remaining_seconds == 7.5);
    CHECK(std::chrono::abs(last().pace->at - now) < std::chrono::milliseconds(1));
    writer.begin_run(this_run(1, ""));  // of the same writer: the same row
    CHECK_FALSE(last().pace.has_value());
  }
  writer.close();
}

TEST_CASE("runs and messages are kept over runs, messages by id", "[record]") {
  const job::Job job = small_job();
  SharedFile file(job);
  const auto run_once = [&](std::uint64_t id, const std::string& text) {
    ResultsWriter writer(file.path, job, file.comm);
    if (file.comm.is_root()) {
      writer.begin_run({Run::Clock::now(), {}, file.comm.size(), {}, "here*1", "CPU", "Kernel", "0.1 abc"});
      writer.write_message(ConfigurationId{id}, text);
      writer.write_message(ConfigurationId{20}, "twenty " + text);
      writer.end_run(75);
    }
    writer.close();
  };
  run_once(30, "first");
  std::string long_text(255, 'x');
  run_once(10, long_text + "\u03b6eta");  // two bytes, of which one would fit

  if (!file.comm.is_root()) return;
  const ResultsReader reader(file.path);
  const std::vector<Message> messages = reader.messages();
  REQUIRE(messages.size() == 3);
  CHECK(value(messages[0].id) == 10);
  CHECK(messages[0].text == long_text);
  CHECK(value(messages[1].id) == 20);
  CHECK_THAT(messages[1].text, Contains("twenty x"));
  CHECK(messages[2].text == "first");
  const std::vector<Run> runs = reader.runs();
  REQUIRE(runs.size() == 2);
  CHECK(runs[1].hosts == "here*1");
  CHECK(runs[1].blas_kernel == "Kernel");
  CHECK(runs[1].ranks == file.comm.size());
  CHECK(runs[1].exit_code == 75);
  REQUIRE(runs[1].end.has_value());
  CHECK(*runs[1].end >= runs[1].start);
}

TEST_CASE("messages beyond the room for them keep the smallest ids", "[record]") {
  const job::Job job = small_job("noise = lin(0, 1, 100)\n");
  SharedFile file(job);
  ResultsWriter writer(file.path, job, file.comm);
  if (file.comm.is_root())
    for (std::uint64_t id = 4200; id > 0; --id) writer.write_message(ConfigurationId{id}, std::to_string(id));
  writer.close();
  if (!file.comm.is_root()) return;
  const std::vector<Message> messages = ResultsReader(file.path).messages();
  REQUIRE(messages.size() == 4096);
  CHECK(value(messages.front().id) == 1);
  CHECK(value(messages.back().id) == 4096);
  CHECK(messages.back().text == "4096");
}

TEST_CASE("a file that is no longer there is an error on every rank", "[record]") {
  const job::Job job = small_job();
  const mpi::Communicator comm = mpi::Communicator::world();
  CHECK_THROWS_AS(ResultsWriter("/nonexistent/sweep.h5", job, comm), Error);
}

TEST_CASE("a file that one rank cannot open is an error on every rank", "[record]") {
  const job::Job job = small_job();
  const SharedFile file(job);
  const bool is_last = file.comm.rank() == file.comm.size() - 1;
  CHECK_THROWS_AS(ResultsWriter(is_last ? "/nonexistent/sweep.h5" : file.path, job, file.comm), Error);
}
