#include "commands/crash_marks.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>

namespace flatsweep::cli {
namespace {

constexpr std::array faults = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
constexpr std::int64_t none = -1;

record::AttemptsColumn column{-1, 0};
std::atomic<std::int64_t> in_flight = none;
static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a signal handler reads it");

std::array<struct sigaction, faults.size()> next_handlers;
alignas(16) std::array<std::byte, 1 << 16> handler_stack;  // a fault may be that of a full stack

/// By what the kernel says of the signal: faults are its own, abort() is this process's.
bool is_own_fault(const siginfo_t& info) { return info.si_code > 0 || info.si_pid == ::getpid(); }

// Async-signal-safe: pread, pwrite, sigaction and raise are all it calls.
void on_fault(int number, siginfo_t* info, void*) {
  const std::int64_t id = in_flight.load(std::memory_order_relaxed);
  std::uint8_t attempts = 0;
  if (id != none && is_own_fault(*info) &&
      ::pread(column.descriptor, &attempts, 1, column.offset + id) == 1 && attempts < 255) {
    ++attempts;
    [[maybe_unused]] const auto written = ::pwrite(column.descriptor, &attempts, 1, column.offset + id);
  }
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (faults[i] == number) ::sigaction(number, &next_handlers[i], nullptr);
  if (info->si_code <= 0) ::raise(number);  // a fault comes again by itself, at the same instruction
}

}  // namespace

void mark_crashes(const record::AttemptsColumn& attempts) {
  column = attempts;
  stack_t stack{};
  stack.ss_sp = handler_stack.data();
  stack.ss_size = handler_stack.size();
  ::sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (std::size_t i = 0; i < faults.size(); ++i) ::sigaction(faults[i], &action, &next_handlers[i]);
}

InFlight::InFlight(ConfigurationId id) {
  in_flight.store(static_cast<std::int64_t>(value(id)), std::memory_order_relaxed);
}

InFlight::~InFlight() { in_flight.store(none, std::memory_order_relaxed); }

}  // namespace flatsweep::cli
