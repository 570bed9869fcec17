#pragma once

#include <cstdint>
#include <vector>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/schedule/cost_model.hpp"

namespace flatsweep::schedule {

/// Consecutive ids of one predicted cost.
struct Section {
  ConfigurationId first{};  ///< the least id
  std::uint64_t count = 0;  ///< configurations
  double seconds = 0.0;     ///< of one configuration, > 0
  ProgramKind kind = 0;     ///< of all of it

  bool operator==(const Section&) const = default;  ///< member by member
};

/// The grid as sections in the order of ids: all seeds and gammas of one combination of the other axes,
/// joined where neighbours cost the same. Where there are more than max(65536, size/64) combinations,
/// several neighbours of one kind make a section at their mean cost, so that the table stays small
/// beside a ledger.
std::vector<Section> partition(const job::Grid& grid, const CostModel& cost);

}  // namespace flatsweep::schedule
