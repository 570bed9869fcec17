#pragma once

#include "flatsweep/core/status.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/ledger.hpp"

/// Configurations that crash their process: a signal handler counts the crash in the column `attempts` of the
/// results file, and after three of them a run does not try the configuration again.
namespace flatsweep::sweep {

/// Crashes after which a configuration is not tried again.
inline constexpr int most_crashes = 3;

/// From now on a process that dies by its own fault (SIGSEGV, SIGBUS, SIGFPE, SIGABRT) while a configuration
/// is in flight counts one more attempt of it; a signal from outside counts none. Call it after MPI has
/// installed its own handlers, which are called next.
/// @param attempts outlives every configuration in flight
void mark_crashes(const record::AttemptsLocation& attempts);

/// For its lifetime this configuration is the one in flight.
class InFlight {
 public:
  explicit InFlight(ConfigurationId id);
  ~InFlight();
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
};

/// Give open configurations that have crashed too often the status `crashed`, in the ledger and in the file.
/// On rank 0.
/// @param reader of the file that `writer` writes
void quarantine(const record::ResultsReader& reader, schedule::Ledger& ledger, record::ResultsWriter& writer);

}  // namespace flatsweep::sweep
