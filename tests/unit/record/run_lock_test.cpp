#include "flatsweep/record/run_lock.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <optional>

#include "flatsweep/core/error.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;
using namespace flatsweep::record::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A process that holds the lock of a file until it is killed.
class Holder {
 public:
  explicit Holder(const fs::path& file) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    process_ = ::fork();
    if (process_ == 0) {
      const RunLock lock(file);
      [[maybe_unused]] const auto written = ::write(ends[1], "x", 1);
      while (true) ::pause();
    }
    char ready = 0;
    REQUIRE(::read(ends[0], &ready, 1) == 1);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() { kill(); }

  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = 0;
  }

 private:
  pid_t process_;
};

void create(const fs::path& file) { std::ofstream(file) << "content"; }

/// Patience whose sleeps take no time, but call a function and are added up.
class TestPatience {
 public:
  explicit TestPatience(
      std::chrono::milliseconds limit, std::function<void()> during_sleep = [] {})
      : patience(limit, [this, during_sleep](std::chrono::milliseconds time) {
          during_sleep();
          slept += time;
        }) {}
  TestPatience(const TestPatience&) = delete;
  TestPatience& operator=(const TestPatience&) = delete;

  Patience patience;
  std::chrono::milliseconds slept{0};
};

}  // namespace

TEST_CASE("a file locked by another process is in use until that is killed", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  Holder holder(file);
  TestPatience test(200ms);
  CHECK_THROWS_AS(RunLock(file, RunLock::Absent::refuse, test.patience), FileInUse);
  CHECK(test.slept == 200ms);
  holder.kill();
  CHECK_NOTHROW(RunLock(file, RunLock::Absent::refuse, 0ms));
  CHECK(fs::file_size(file) == 7);
  CHECK(directory.entries() == std::vector<std::string>{"f"});
}

TEST_CASE("a lock outlives the opening and closing of its file elsewhere in the process", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  const RunLock lock(file);
  std::ifstream(file).get();  // closing drops the process' ordinary record locks
  CHECK_THROWS_AS(RunLock(file, RunLock::Absent::refuse, 0ms), FileInUse);
}

TEST_CASE("a lock follows its file to a new name", "[record]") {
  const TemporaryDirectory directory;
  const RunLock lock(directory / "f.tmp", RunLock::Absent::create);
  fs::rename(directory / "f.tmp", directory / "f");
  CHECK_THROWS_AS(RunLock(directory / "f", RunLock::Absent::refuse, 0ms), FileInUse);
  CHECK_NOTHROW(RunLock(directory / "f.tmp", RunLock::Absent::create, 0ms));
}

TEST_CASE("a lock admits readers of HDF5 and keeps its writers out, who keep it out too", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  const Descriptor other(::open(file.c_str(), O_RDONLY));
  {
    const RunLock lock(file);
    CHECK(lock.stops_other_programs());
    CHECK(::flock(other.number(), LOCK_EX | LOCK_NB) != 0);
    CHECK(::flock(other.number(), LOCK_SH | LOCK_NB) == 0);
    CHECK_THROWS_AS(require_not_in_use(file), FileInUse);
  }
  CHECK(::flock(other.number(), LOCK_EX | LOCK_NB) == 0);
  CHECK_THROWS_AS(RunLock(file, RunLock::Absent::refuse, 0ms), FileInUse);
}

TEST_CASE("a lock that is given up during the wait is taken", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  std::optional<RunLock> other(std::in_place, file);
  TestPatience test(200ms, [&] { other.reset(); });
  CHECK_NOTHROW(RunLock(file, RunLock::Absent::refuse, test.patience));
  CHECK(test.slept < 200ms);
}

TEST_CASE("a lock waits for the new file if its file was replaced meanwhile", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  create(directory / "new");
  std::optional<RunLock> old(std::in_place, file);
  const RunLock fresh(directory / "new");
  TestPatience test(500ms, [&] {
    if (!old) return;
    fs::rename(directory / "new", file);
    old.reset();
  });
  CHECK_THROWS_AS(RunLock(file, RunLock::Absent::refuse, test.patience), FileInUse);
  CHECK_FALSE(old.has_value());
}

TEST_CASE("anyone can tell whether a lock is held, without a right to write", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  fs::permissions(file, fs::perms::owner_read);
  CHECK(RunLock::is_held(file) == false);
  fs::permissions(file, fs::perms::owner_all);
  Holder holder(file);
  CHECK(RunLock::is_held(file) == true);
  holder.kill();
  CHECK(RunLock::is_held(file) == false);
  CHECK_FALSE(RunLock::is_held(directory / "absent").has_value());
}

TEST_CASE("a file that is absent or may not be written cannot be locked", "[record]") {
  const TemporaryDirectory directory;
  CHECK_THROWS_AS(RunLock(directory / "f"), Error);
  CHECK(directory.entries().empty());
}
