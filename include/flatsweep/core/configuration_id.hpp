#pragma once

#include <cstdint>

namespace flatsweep {

/// Row-major index of a configuration in its grid, and of its row in the results file.
enum class ConfigurationId : std::uint64_t {};

/// Return the index as a number.
constexpr std::uint64_t value(ConfigurationId id) { return static_cast<std::uint64_t>(id); }

}  // namespace flatsweep
