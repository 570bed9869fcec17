#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "flatsweep/schedule/section.hpp"
#include "flatsweep/schedule/work.hpp"

namespace flatsweep::schedule {

/// How the distribution of a sweep's work ended.
struct Summary {
  bool stopped_early = false;   ///< open configurations are left
  std::uint64_t performed = 0;  ///< configurations completed by this run

  bool operator==(const Summary&) const = default;  ///< member by member
};

/// Distribute all open configurations of `ledger` over the ranks, the most expensive first. Rank 0 assigns
/// batches and sleeps in between, the other ranks work; a single rank works itself. A stop request on any
/// rank ends the run in order. Every rank returns the same summary, at the same time.
/// @param ledger, sections, progress and `work.finished` are used on rank 0 only
/// @param deadline work that is predicted to end later is not started
/// @note Collective
Summary distribute(const mpi::Communicator& comm, Ledger& ledger, const std::vector<Section>& sections,
                   const Work& work, const ProgressSink& progress, const StopRequest& stop,
                   std::optional<StopRequest::Clock::time_point> deadline = std::nullopt);

}  // namespace flatsweep::schedule
