#pragma once

#include <functional>
#include <string>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/status.hpp"

namespace flatsweep::schedule {

/// What the controller hears of a configuration that is done.
struct Finished {
  ConfigurationId id{};             ///< which one
  Status status = Status::pending;  ///< not pending
  double seconds = 0.0;             ///< wall-clock, of all of it
  std::string message;              ///< why it failed, else empty

  bool operator==(const Finished&) const = default;  ///< member by member
};

/// The work a sweep hands out, as callables: what `schedule` knows of sampling, solving and files.
struct Work {
  /// Runs one configuration and records its row; ids come in ascending order within a batch. Failures are
  /// statuses: an exception other than Stopped ends the run. @throws Stopped where a stop request came first
  std::function<Finished(ConfigurationId)> perform;
  /// Rows recorded since the last call reach the file. Called at the end of a batch, and after any
  /// configuration where 50 ms have passed since the last call.
  std::function<void()> settle;
  /// On rank 0, once a configuration, after its row is settled: e.g. to write its message.
  std::function<void(const Finished&)> finished;
};

}  // namespace flatsweep::schedule
