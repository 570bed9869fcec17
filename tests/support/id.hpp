#pragma once

#include <cstdint>

#include "flatsweep/core/configuration_id.hpp"

namespace flatsweep {

/// Return the number as an id, for short.
constexpr ConfigurationId id(std::uint64_t number) { return ConfigurationId{number}; }

}  // namespace flatsweep
