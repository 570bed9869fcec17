#include "flatsweep/job/axis.hpp"

#include <catch2/catch.hpp>

using flatsweep::job::Axis;

TEST_CASE("an axis has as many values as its list, whatever their type", "[job]") {
  CHECK(Axis{"gamma", "", "1", std::vector<double>{0.1, 0.2, 0.3}}.size() == 3);
  CHECK(Axis{"seed", "", "1", std::vector<std::int64_t>{7}}.size() == 1);
  CHECK(Axis{"link", "", "1", std::vector<std::string>{"matched", "tanh"}}.size() == 2);
}
