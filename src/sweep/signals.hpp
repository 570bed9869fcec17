#pragma once

#include <atomic>
#include <string_view>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/record/results_writer.hpp"

/// What signals do to a run: some stop it in order, and those of a crash count the crash in the column
/// `attempts` of the results file.
namespace flatsweep::sweep {

/// From now on SIGUSR1, SIGUSR2, SIGTERM and SIGINT set the returned flag, which is clear now, and do nothing
/// else.
const std::atomic<bool>& listen_for_stop_signals();

/// Return the name of the last of these signals since then, e.g. `SIGTERM`; empty if none came to this process.
std::string_view stop_signal_name();

/// From now on a process that dies by its own fault (SIGSEGV, SIGBUS, SIGFPE, SIGABRT) while a configuration
/// is in flight counts one more attempt of it; a signal from outside counts none. Call it after MPI has
/// installed its own handlers, which are called next.
/// @param attempts outlives every configuration in flight
void mark_crashes(const record::AttemptsLocation& attempts);

/// Says, for its lifetime, that this configuration is the one in flight.
class InFlight {
 public:
  explicit InFlight(ConfigurationId id);
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
};

}  // namespace flatsweep::sweep
