#pragma once

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/record/results_writer.hpp"

namespace flatsweep::cli {

/// From now on a process that dies by its own fault (SIGSEGV, SIGBUS, SIGFPE, SIGABRT) while a configuration
/// is in flight counts one more attempt for it; a signal from outside does not. Once a process, after MPI's
/// own handlers, which come next.
void mark_crashes(const record::AttemptsColumn& attempts);

/// For its lifetime this configuration is the one in flight.
class InFlight {
 public:
  explicit InFlight(ConfigurationId id);
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
};

}  // namespace flatsweep::cli
