#include "flatsweep/core/platform.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

TEST_CASE("a node has at most the memory that is built in", "[core]") {
  std::ifstream information("/proc/meminfo");
  std::string name;
  double kilobytes = 0.0;
  REQUIRE(information >> name >> kilobytes);
  REQUIRE(name == "MemTotal:");
  CHECK(flatsweep::node_memory_bytes() > 0.0);
  CHECK(flatsweep::node_memory_bytes() <= 1.25 * 1024.0 * kilobytes);
}
