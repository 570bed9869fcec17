#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/job/grid.hpp"

namespace flatsweep::job {

/// One of `count` parts of a grid, `number` from 1. Every combination of the axes but seed and gamma is cut
/// into `count` stretches of ids (which differ by at most one configuration), and the shards take them in
/// turn: they cost about the same, since costs hardly depend on seed and gamma.
struct Shard {
  std::uint64_t number = 1;  ///< from 1 to count
  std::uint64_t count = 1;   ///< > 0
};

/// Read `k/K`, e.g. `2/5`.
/// @throws Error for anything else
Shard parse_shard(std::string_view text);

/// The configurations of a grid that fulfil conditions on single axes and lie in a shard.
class Selection {
 public:
  /// Select the whole grid.
  explicit Selection(const Grid& grid);

  /// Keep what fulfils every condition, e.g. `gamma>0.5,activation=relu`: an axis, one of = != < <= > >=,
  /// and its values as in a job file (one number for the last four; any of several for = and none of them for
  /// !=).
  /// @throws Error for an unknown axis, a text that is no value, and a selection that would be empty
  void keep_where(std::string_view conditions);

  /// Keep only what lies in the shard.
  void keep_shard(const Shard& shard) { shard_ = shard; }

  /// Return whether a configuration is selected.
  /// @pre value(id) < the grid's size
  [[nodiscard]] bool contains(ConfigurationId id) const;

 private:
  void keep_condition(std::string_view text);

  AxisValues values_;
  AxisCounts axis_sizes_;
  std::array<std::vector<bool>, axis_count> kept_;  ///< by axis and position on it
  std::uint64_t combination_size_;                  ///< configurations of all seeds and gammas
  Shard shard_;
};

}  // namespace flatsweep::job
