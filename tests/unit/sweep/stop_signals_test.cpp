#include "sweep/stop_signals.hpp"

#include <catch2/catch.hpp>
#include <csignal>

using namespace flatsweep::sweep;

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
