#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "flatsweep/schedule/progress.hpp"

namespace flatsweep::schedule {

/// What the controller hears of a configuration that is done.
struct Finished {
  ConfigurationId id{};
  Status status = Status::pending;
  double seconds = 0.0;
  std::string message;  // why it failed, else empty
};

/// The work a sweep hands out, as callables: what `schedule` knows of sampling, solving and files.
struct Work {
  /// Runs one configuration and records its row. @throws Stopped where a stop request came first
  std::function<Finished(ConfigurationId)> perform;
  /// Rows recorded since the last call reach the file. Called at the end of a batch, and by `perform`'s
  /// owner whenever it likes.
  std::function<void()> settle;
  /// On rank 0, once a configuration: e.g. to write its message.
  std::function<void(const Finished&)> finished;
};

struct SweepReport {
  bool stopped_early = false;
  std::uint64_t performed = 0;  // configurations of this run
};

/// Runs every pending configuration of `ledger` (used on rank 0 only). With one rank, rank 0 works itself.
/// Returns the same report on every rank.
/// @note Collective
SweepReport run_sweep(const mpi::Communicator& comm, Ledger& ledger, const CostModel& cost, const Work& work,
                      const ProgressSink& progress, const StopRequest& stop);

}  // namespace flatsweep::schedule
