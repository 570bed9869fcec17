#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "flatsweep/job/grid.hpp"

namespace flatsweep::job {

/// Where the configurations of one grid stand in another: those whose value of every axis the other has too.
class GridMap {
 public:
  /// Compares values, not positions: the order on an axis may differ.
  GridMap(const Grid& from, const Grid& to);

  /// The id in the other grid of what has `id` in this one. @pre value(id) < the size of `from`
  [[nodiscard]] std::optional<ConfigurationId> operator()(ConfigurationId id) const;

  /// How many configurations both grids have.
  [[nodiscard]] std::uint64_t shared() const;

 private:
  std::array<std::vector<std::optional<std::uint64_t>>, axis_count> positions_;  // in `to`, by axis
  std::array<std::uint64_t, axis_count> to_sizes_;
};

}  // namespace flatsweep::job
