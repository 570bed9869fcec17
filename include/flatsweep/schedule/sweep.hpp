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

/// How a run ended.
struct SweepReport {
  bool stopped_early = false;   ///< open configurations are left
  std::uint64_t performed = 0;  ///< configurations of this run

  bool operator==(const SweepReport&) const = default;  ///< member by member
};

/// Runs every open configuration of `ledger`, dearest first. Rank 0 hands out and sleeps, the other ranks
/// work; with one rank, rank 0 works itself. A stop request on any rank ends the run in order.
/// Returns the same report on every rank, at the same time.
/// @param ledger, sections, progress and `work.finished` are used on rank 0 only
/// @param deadline work that is predicted to end later is not started
/// @note Collective
SweepReport run_sweep(const mpi::Communicator& comm, Ledger& ledger, const std::vector<Section>& sections,
                      const Work& work, const ProgressSink& progress, const StopRequest& stop,
                      std::optional<StopRequest::Clock::time_point> deadline = std::nullopt);

}  // namespace flatsweep::schedule
