#pragma once

#include <cstdint>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/schedule/cost_model.hpp"

namespace flatsweep::schedule {

/// Consecutive ids with one predicted cost.
struct Section {
  ConfigurationId first{};  ///< the smallest id
  std::uint64_t count = 0;  ///< number of configurations
  double seconds = 0.0;     ///< predicted for one configuration, > 0
  ProgramKind kind = 0;     ///< the same for all of them

  bool operator==(const Section&) const = default;  ///< member by member
};

/// Divide the grid into sections in the order of ids: all seeds and gammas of one combination of the other
/// axes, joined with the next combination if that costs the same. If there are more than
/// max(65536, size/64) combinations, several neighbours of one kind are joined to a section with their mean
/// cost, so that the table of sections stays small beside a ledger.
std::vector<Section> partition(const job::Grid& grid, const CostModel& cost);

/// The predicted duration of a sweep.
struct Forecast {
  double work_seconds = 0.0;     ///< one worker, all configurations
  double longest_seconds = 0.0;  ///< the most expensive configuration

  /// Return the seconds from the first configuration to the last: about work / workers, since no worker
  /// waits, but at least the most expensive configuration. Of `ranks` ranks all but rank 0 work; a single
  /// rank works alone.
  [[nodiscard]] double seconds(int ranks) const;
};

/// Sum up the predicted costs of all configurations in the sections.
Forecast forecast(const std::vector<Section>& sections);

}  // namespace flatsweep::schedule
