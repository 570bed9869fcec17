#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>

#include "cpu_time.hpp"
#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::mpi {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

/// A clock that sleeping moves on, by some 50 us more than asked for, as the kernel's does.
struct Clock {
  nanoseconds now{0};
  nanoseconds longest{0};

  Backoff backoff() {
    return Backoff([this](nanoseconds time) {
      now += time + microseconds(50);
      longest = std::max(longest, time);
    });
  }
};

/// How often `backoff` looks in `span`.
int looks_in(Backoff& backoff, const Clock& clock, nanoseconds span) {
  int looks = 0;
  for (const nanoseconds end = clock.now + span; clock.now < end; ++looks) backoff.pause();
  return looks;
}

}  // namespace

TEST_CASE("a wait looks often in its first two milliseconds", "[mpi]") {
  Clock clock;
  Backoff backoff = clock.backoff();
  CHECK(looks_in(backoff, clock, milliseconds(2)) >= 20);
}

TEST_CASE("a long wait looks every five milliseconds", "[mpi]") {
  Clock clock;
  Backoff backoff = clock.backoff();
  CHECK(looks_in(backoff, clock, milliseconds(1000)) < 300);
  CHECK(clock.longest == milliseconds(5));
  CHECK(looks_in(backoff, clock, milliseconds(505)) == 100);
}

TEST_CASE("a wait that starts anew is short again", "[mpi]") {
  Clock clock;
  Backoff backoff = clock.backoff();
  looks_in(backoff, clock, milliseconds(1000));
  backoff.reset();
  CHECK(looks_in(backoff, clock, milliseconds(2)) >= 20);
  looks_in(backoff, clock, milliseconds(1000));
  CHECK(looks_in(backoff, clock, milliseconds(505)) == 100);
}

TEST_CASE("without a clock of a test a wait sleeps", "[mpi]") {
  const auto start = std::chrono::steady_clock::now();
  const double cpu_before = cpu_seconds();
  Backoff backoff;
  for (int looks = 0; looks < 40; ++looks) backoff.pause();  // 20 us, 15 times, then up to 1.9 ms
  const auto elapsed = std::chrono::steady_clock::now() - start;
  CHECK(elapsed >= milliseconds(10));
  CHECK(cpu_seconds() - cpu_before < 0.5 * std::chrono::duration<double>(elapsed).count());
}

}  // namespace flatsweep::mpi
