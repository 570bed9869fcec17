#include "sweep/crash_marks.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <utility>
#include <vector>

namespace flatsweep::sweep {
namespace {

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

/// Pending configurations of the file that have crashed too often.
std::vector<ConfigurationId> crashed_too_often(const record::ResultsReader& reader) {
  constexpr std::uint64_t block_rows = 1 << 16;
  std::vector<ConfigurationId> ids;
  std::vector<Status> statuses;
  std::vector<double> attempts;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    const auto count = static_cast<std::size_t>(std::min(block_rows, reader.rows() - first));
    statuses.resize(count);
    attempts.resize(count);
    reader.read_statuses(first, statuses);
    reader.read("attempts", first, attempts);
    for (std::size_t i = 0; i < count; ++i)
      if (statuses[i] == Status::pending && attempts[i] >= most_crashes) ids.push_back(ConfigurationId{first + i});
  }
  return ids;
}

}  // namespace

void mark_crashes(const record::AttemptsLocation& attempts) {
  column = attempts;
  static bool is_installed = false;
  if (std::exchange(is_installed, true)) return;  // a second time they would be their own next handlers
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

void quarantine(const record::ResultsReader& reader, schedule::Ledger& ledger, record::ResultsWriter& writer) {
  for (const ConfigurationId id : crashed_too_often(reader)) {
    if (!ledger.is_open(id)) continue;
    experiment::Outcome row;
    row.id = id;
    row.status = Status::crashed;
    writer.write({&row, 1});
    ledger.assign({id, 1});
    ledger.complete(id, Status::crashed);
  }
}

}  // namespace flatsweep::sweep
