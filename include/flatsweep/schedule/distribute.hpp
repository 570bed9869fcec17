#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "flatsweep/schedule/progress.hpp"

namespace flatsweep::schedule {

/// What the controller needs to know about a completed configuration.
struct Finished {
  ConfigurationId id{};             ///< which one
  Status status = Status::pending;  ///< never pending once it is completed
  double seconds = 0.0;             ///< wall-clock time of all steps together
  std::string message;              ///< why it failed, else empty

  bool operator==(const Finished&) const = default;  ///< member by member
  /// List the members for mpi::pack().
  static auto members(auto& self) { return std::tie(self.id, self.status, self.seconds, self.message); }
};

/// The work of a sweep as callables: all that `schedule` knows about sampling, solving and files.
struct Work {
  /// Run one configuration and buffer its row. Ids ascend within a batch. A failure is a status: an exception
  /// other than Stopped ends the run. @throws Stopped if a stop request came before the end
  std::function<Finished(ConfigurationId)> perform;
  /// Write the buffered rows to the file. Called before configurations are reported, and after a configuration if
  /// 50 ms have passed since the last call.
  std::function<void()> flush;
  /// Called on rank 0, once a configuration, after its row was flushed: e.g. to write its message.
  std::function<void(const Finished&)> finished;
};

/// How the distribution of a sweep's work ended.
struct Ending {
  bool stopped_early = false;   ///< open configurations are left
  std::uint64_t performed = 0;  ///< configurations completed by this run

  bool operator==(const Ending&) const = default;  ///< member by member
};

/// Distribute all open configurations of `ledger` over the ranks, the most expensive first. Rank 0 assigns
/// batches and sleeps in between, the other ranks work; a single rank works itself. A stop request on any
/// rank ends the run in order. Every rank returns the same ending, at the same time.
/// @param ledger, sections, progress and `work.finished` are used on rank 0 only
/// @param deadline work that is predicted to end later is not started
/// @note Collective
Ending distribute(const mpi::Communicator& comm, Ledger& ledger, const std::vector<Section>& sections, const Work& work,
                  const ProgressSink& progress, const StopRequest& stop,
                  std::optional<StopRequest::Clock::time_point> deadline = std::nullopt);

}  // namespace flatsweep::schedule
