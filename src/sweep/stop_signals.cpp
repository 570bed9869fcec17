#include "sweep/stop_signals.hpp"

#include <csignal>

namespace flatsweep::sweep {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

void request_stop(int) { stop_requested.store(true, std::memory_order_relaxed); }

}  // namespace

const std::atomic<bool>& listen_for_stop_signals() {
  stop_requested.store(false, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;
  for (const int number : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) sigaction(number, &action, nullptr);
  return stop_requested;
}

}  // namespace flatsweep::sweep
