#include "flatsweep/record/run_lock.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <fstream>
#include <optional>
#include <thread>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stop_request.hpp"
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
      [[maybe_unused]] const auto told = ::write(ends[1], "x", 1);
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

}  // namespace

TEST_CASE("a file locked by another process is in use until that is killed", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  Holder holder(file);
  const Stopwatch watch;
  CHECK_THROWS_AS(RunLock(file, RunLock::Absent::refuse, 200ms), FileInUse);
  CHECK(watch.seconds() >= 0.2);
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

TEST_CASE("who waited for a file that was replaced meanwhile waits for the new one", "[record]") {
  const TemporaryDirectory directory;
  const fs::path file = directory / "f";
  create(file);
  create(directory / "new");
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const pid_t waiter = ::fork();  // before any lock is held: a fork would share it
  if (waiter == 0) {
    char go = 0;
    [[maybe_unused]] const auto heard = ::read(ends[0], &go, 1);
    try {
      const RunLock lock(file, RunLock::Absent::refuse, 500ms);
      ::_exit(1);
    } catch (const FileInUse&) {
      ::_exit(0);
    }
  }
  std::optional<RunLock> old(std::in_place, file);
  const RunLock fresh(directory / "new");
  REQUIRE(::write(ends[1], "x", 1) == 1);
  std::this_thread::sleep_for(100ms);
  fs::rename(directory / "new", file);
  old.reset();
  int status = -1;
  ::waitpid(waiter, &status, 0);
  CHECK(status == 0);
  ::close(ends[0]);
  ::close(ends[1]);
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
