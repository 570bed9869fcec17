#include "flatsweep/mpi/backoff.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "cpu_time.hpp"
#include "flatsweep/core/stopwatch.hpp"

namespace flatsweep::mpi {
TEST_CASE("a wait looks often in its first two milliseconds", "[mpi]") {
  int most_looks = 0;
  for (int attempt = 0; attempt < 50; ++attempt) {  // a busy machine may oversleep in many of them
    const Stopwatch stopwatch;
    Backoff backoff;
    int looks = 0;
    for (; stopwatch.seconds() < 2e-3; ++looks) backoff.pause();
    most_looks = std::max(most_looks, looks);
  }
  CHECK(most_looks >= 10);  // about 20 on an idle machine
}

TEST_CASE("a long wait hardly costs anything", "[mpi]") {
  const Stopwatch stopwatch;
  const double cpu_before = cpu_seconds();
  Backoff backoff;
  int looks = 0;
  for (; stopwatch.seconds() < 1.0; ++looks) backoff.pause();
  CHECK(looks < 300);
  CHECK(cpu_seconds() - cpu_before < 0.02);
}

TEST_CASE("a wait that starts anew is short again", "[mpi]") {
  Backoff backoff;
  const auto seconds_of_looks = [&backoff](int looks) {
    const Stopwatch stopwatch;
    for (int i = 0; i < looks; ++i) backoff.pause();
    return stopwatch.seconds();
  };
  seconds_of_looks(60);
  const double long_waits = seconds_of_looks(5);
  backoff.reset();
  const double short_waits = seconds_of_looks(5);
  CHECK(long_waits >= 5 * 4.9e-3);
  CHECK(short_waits < long_waits / 2);
}

}  // namespace flatsweep::mpi
