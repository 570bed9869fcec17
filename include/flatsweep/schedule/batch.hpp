#pragma once

#include <cstdint>

#include "flatsweep/core/identifier.hpp"

namespace flatsweep::schedule {

/// Configurations of consecutive ids that one worker performs in order.
struct Batch {
  ConfigurationId first{};
  std::uint64_t count = 0;

  [[nodiscard]] ConfigurationId operator[](std::uint64_t offset) const {
    return ConfigurationId{value(first) + offset};
  }
  bool operator==(const Batch&) const = default;
};

}  // namespace flatsweep::schedule
