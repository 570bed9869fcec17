#include "flatsweep/record/checksum.hpp"

#include <bit>
#include <boost/crc.hpp>

namespace flatsweep::record {

static_assert(std::endian::native == std::endian::little, "the checksum is that of little-endian bytes");

std::uint32_t row_checksum(ConfigurationId id, Status status, std::int32_t iterations,
                           std::span<const double> values) {
  boost::crc_32_type crc;
  crc.process_bytes(&id, sizeof id);
  crc.process_bytes(&status, sizeof status);
  crc.process_bytes(&iterations, sizeof iterations);
  crc.process_bytes(values.data(), values.size_bytes());
  return crc.checksum();
}

}  // namespace flatsweep::record
