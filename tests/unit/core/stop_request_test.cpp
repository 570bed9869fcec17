#include "flatsweep/core/stop_request.hpp"

#include <catch2/catch.hpp>
#include <exception>
#include <type_traits>

using namespace flatsweep;
using namespace std::chrono_literals;

TEST_CASE("a default request never comes", "[core]") {
  const StopRequest stop;
  CHECK_FALSE(stop.requested());
  CHECK_NOTHROW(stop.check());
}

TEST_CASE("a request comes with its flag, and goes with it", "[core]") {
  std::atomic<bool> flag = false;
  const StopRequest stop(flag);
  CHECK_FALSE(stop.requested());
  CHECK_NOTHROW(stop.check());
  flag = true;
  CHECK(stop.requested());
  CHECK_THROWS_AS(stop.check(), Stopped);
  flag = false;
  CHECK_FALSE(stop.requested());
}

TEST_CASE("a request comes at its deadline, whatever its flag says", "[core]") {
  const std::atomic<bool> flag = false;
  const auto now = StopRequest::Clock::now();
  CHECK(StopRequest(flag, now - 1s).requested());
  CHECK_THROWS_AS(StopRequest(flag, now).check(), Stopped);
  CHECK_FALSE(StopRequest(flag, now + 1h).requested());

  const StopRequest soon(flag, StopRequest::Clock::now() + 5ms);
  while (StopRequest::Clock::now() < now + 10ms) {
  }
  CHECK(soon.requested());
}

TEST_CASE("the flag does not wait for the deadline", "[core]") {
  const std::atomic<bool> flag = true;
  CHECK(StopRequest(flag, StopRequest::Clock::now() + 1h).requested());
}

TEST_CASE("a function that is asked at every poll may be what requests", "[core]") {
  int asked = 0;
  const StopRequest stop([&] { return ++asked > 1; });
  CHECK_NOTHROW(stop.check());
  CHECK_THROWS_AS(stop.check(), Stopped);
  CHECK(stop.requested());
  CHECK(asked == 3);
}

TEST_CASE("no handler for errors takes a stop for one", "[core]") {
  CHECK_FALSE(std::is_base_of_v<std::exception, Stopped>);
}
