#include "sweep/signals.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace flatsweep::sweep {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

constexpr std::array stop_signals = {std::pair(SIGUSR1, "SIGUSR1"), std::pair(SIGUSR2, "SIGUSR2"),
                                     std::pair(SIGTERM, "SIGTERM"), std::pair(SIGINT, "SIGINT")};
volatile std::sig_atomic_t stop_signal = 0;

void request_stop(int number) {
  stop_signal = number;
  stop_requested.store(true, std::memory_order_relaxed);
}

constexpr std::array faults = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
constexpr std::int64_t none = -1;

record::AttemptsLocation column{-1, 0};
std::atomic<std::int64_t> in_flight = none;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler reads it");

std::array<struct sigaction, faults.size()> next_handlers;
alignas(16) std::array<std::byte, 1 << 16> handler_stack;  // a fault may be that of a full stack

/// Whether the signal is a fault of this process (si_code > 0) or its own abort().
bool is_own_fault(const siginfo_t& info) { return info.si_code > 0 || info.si_pid == ::getpid(); }

/// Async-signal-safe: it calls pread, pwrite, sigaction and raise only.
void on_fault(int number, siginfo_t* info, void*) {
  const std::int64_t id = in_flight.load(std::memory_order_relaxed);
  std::uint8_t attempts = 0;
  if (id != none && is_own_fault(*info) && ::pread(column.descriptor, &attempts, 1, column.offset + id) == 1 &&
      attempts < 255) {
    ++attempts;
    [[maybe_unused]] const auto written = ::pwrite(column.descriptor, &attempts, 1, column.offset + id);
  }
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (faults[i] == number) ::sigaction(number, &next_handlers[i], nullptr);
  if (info->si_code <= 0) ::raise(number);  // a fault comes again by itself, at the same instruction
}

}  // namespace

const std::atomic<bool>& listen_for_stop_signals() {
  stop_signal = 0;
  stop_requested.store(false, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = request_stop;
  action.sa_flags = SA_RESTART;
  for (const auto& [number, name] : stop_signals) ::sigaction(number, &action, nullptr);
  return stop_requested;
}

std::string_view stop_signal_name() {
  for (const auto& [number, name] : stop_signals)
    if (number == stop_signal) return name;
  return {};
}

void mark_crashes(const record::AttemptsLocation& attempts) {
  column = attempts;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    struct sigaction current {};
    ::sigaction(faults[i], nullptr, &current);
    if (current.sa_sigaction == on_fault) continue;  // would be its own next handler
    next_handlers[i] = current;
    ::sigaction(faults[i], &action, nullptr);
  }
}

InFlight::InFlight(ConfigurationId id) {
  in_flight.store(static_cast<std::int64_t>(value(id)), std::memory_order_relaxed);
}

InFlight::~InFlight() { in_flight.store(none, std::memory_order_relaxed); }

}  // namespace flatsweep::sweep
