#include <catch2/catch.hpp>
#include <vector>

#include "record/row_block.hpp"

using namespace flatsweep;
using record::row_checksum;

TEST_CASE("the checksum is that of zlib", "[record]") {
  // python3 -c "import zlib, struct; print(zlib.crc32(struct.pack('<QBi3d', 7, 1, -5, 0.5, -1.25, 1e300)))"
  const std::vector<double> values = {0.5, -1.25, 1e300};
  CHECK(row_checksum(ConfigurationId{7}, Status::solved, -5, values) == 1179861210u);
}

TEST_CASE("every part of a row enters its checksum", "[record]") {
  const std::vector<double> values = {0.5, -1.25};
  const std::vector<double> others = {0.5, -1.2500000000000002};
  const auto sum = row_checksum(ConfigurationId{7}, Status::solved, 3, values);
  CHECK(sum != row_checksum(ConfigurationId{8}, Status::solved, 3, values));
  CHECK(sum != row_checksum(ConfigurationId{7}, Status::infeasible, 3, values));
  CHECK(sum != row_checksum(ConfigurationId{7}, Status::solved, 4, values));
  CHECK(sum != row_checksum(ConfigurationId{7}, Status::solved, 3, others));
}
