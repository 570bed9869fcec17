#pragma once

#include <cstdint>
#include <span>

#include "flatsweep/core/status.hpp"

namespace flatsweep::record {

/// CRC-32 (that of zlib) over the little-endian bytes of id (uint64), status (uint8), iterations (int32), the
/// row's deterministic float64 values in the order of the file, padding included, and further bytes.
std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations,
                           std::span<const double> values, std::span<const std::uint8_t> bytes = {});

}  // namespace flatsweep::record
