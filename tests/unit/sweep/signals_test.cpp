#include "sweep/signals.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>

#include "id.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::sweep;

namespace {

constexpr int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};

/// A file with a column of attempts behind a header of 3 bytes.
class Column {
 public:
  Column() {
    std::ofstream(file_, std::ios::binary) << "abc" << std::string({0, 2, '\xff'});
    descriptor_ = ::open(file_.c_str(), O_RDWR);
    REQUIRE(descriptor_ >= 0);
  }
  ~Column() { ::close(descriptor_); }
  Column(const Column&) = delete;
  Column& operator=(const Column&) = delete;

  [[nodiscard]] record::AttemptsLocation column() const { return {descriptor_, 3}; }
  [[nodiscard]] int attempts(std::size_t row) const {
    return static_cast<unsigned char>(record::test::content(file_).at(3 + row));
  }

 private:
  record::test::TemporaryDirectory folder_;
  std::filesystem::path file_ = folder_ / "column";
  int descriptor_ = -1;
};

/// Run `action` in a child that marks its crashes. @return the signal that ended it; 0 if none did
int signal_of_child(const Column& column, const std::function<void()>& action) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    for (const int number : faults) std::signal(number, SIG_DFL);  // instead of those of Catch2
    mark_crashes(column.column());
    mark_crashes(column.column());  // changes nothing
    action();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

}  // namespace

TEST_CASE("each stop signal sets the flag, and listening again clears it", "[sweep]") {
  for (const int number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) {
    CAPTURE(number);
    const std::atomic<bool>& is_requested = listen_for_stop_signals();
    CHECK_FALSE(is_requested);
    std::raise(number);
    CHECK(is_requested);
  }
  CHECK_FALSE(listen_for_stop_signals());
}

TEST_CASE("a crash counts an attempt of the configuration in flight", "[sweep]") {
  for (const int number : faults) {
    CAPTURE(number);
    const Column column;
    CHECK(signal_of_child(column, [&] {
            const InFlight in_flight(id(1));
            std::raise(number);
          }) == number);
    CHECK(column.attempts(0) == 0);
    CHECK(column.attempts(1) == 3);
  }
}

TEST_CASE("a fault of the processor counts too", "[sweep]") {
  const Column column;
  CHECK(signal_of_child(column, [] {
          const InFlight in_flight(id(0));
          *static_cast<volatile int*>(nullptr) = 1;
        }) == SIGSEGV);
  CHECK(column.attempts(0) == 1);
}

TEST_CASE("attempts stop at 255, and without a configuration in flight none is counted", "[sweep]") {
  const Column column;
  CHECK(signal_of_child(column, [] {
          const InFlight in_flight(id(2));
          std::abort();
        }) == SIGABRT);
  CHECK(column.attempts(2) == 255);
  CHECK(signal_of_child(column, [] {
          { const InFlight in_flight(id(0)); }
          std::abort();
        }) == SIGABRT);
  CHECK(column.attempts(0) == 0);
}

TEST_CASE("a signal from outside counts no attempt", "[sweep]") {
  const Column column;
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t parent = ::getpid();
  const pid_t killer = ::fork();
  REQUIRE(killer >= 0);
  if (killer == 0) {
    pid_t victim = 0;
    const bool is_read = ::read(ready[0], &victim, sizeof victim) == sizeof victim;
    ::_exit(is_read && ::kill(victim, SIGSEGV) == 0 ? 0 : 1);
  }
  CHECK(signal_of_child(column, [&] {
          const InFlight in_flight(id(0));
          const pid_t self = ::getpid();
          if (self != parent && ::write(ready[1], &self, sizeof self) == sizeof self)
            while (true) ::pause();
        }) == SIGSEGV);
  int status = 0;
  REQUIRE(::waitpid(killer, &status, 0) == killer);
  ::close(ready[0]);
  ::close(ready[1]);
  CHECK(status == 0);
  CHECK(column.attempts(0) == 0);
}
