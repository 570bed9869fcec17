#pragma once

#include <cstdint>

#include "flatsweep/core/identifier.hpp"

namespace flatsweep::schedule {

/// Configurations of consecutive ids that one worker performs in order.
struct Batch {
  ConfigurationId first{};  ///< the least id
  std::uint64_t count = 0;  ///< 0 where there is nothing to do

  /// The id at this place. @pre offset < count
  [[nodiscard]] ConfigurationId operator[](std::uint64_t offset) const {
    return ConfigurationId{value(first) + offset};
  }
  bool operator==(const Batch&) const = default;  ///< member by member
};

}  // namespace flatsweep::schedule
