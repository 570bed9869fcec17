#include "flatsweep/record/checksum.hpp"

#include <zlib.h>

#include <bit>

namespace flatsweep::record {

static_assert(std::endian::native == std::endian::little, "the checksum is that of little-endian bytes");

std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations,
                           std::span<const double> values, std::span<const std::uint8_t> bytes) {
  uLong checksum = 0;
  const auto append = [&checksum](const void* data, std::size_t count) {
    checksum = crc32_z(checksum, static_cast<const Bytef*>(data), count);
  };
  append(&id, sizeof id);
  append(&status, sizeof status);
  append(&iterations, sizeof iterations);
  append(values.data(), values.size_bytes());
  if (!bytes.empty()) append(bytes.data(), bytes.size_bytes());  // zlib starts anew at a null pointer
  return static_cast<std::uint32_t>(checksum);
}

}  // namespace flatsweep::record
