#include <catch2/catch.hpp>
#include <numeric>

#include "record/variables.hpp"
#include "seed.hpp"

using flatsweep::record::boxes;
using flatsweep::record::GridBox;

namespace {

// Row-major indices of a box, by counting through it.
std::vector<std::uint64_t> indices_of(const GridBox& box, const std::vector<std::uint64_t>& shape) {
  std::vector<std::uint64_t> indices;
  std::vector<std::uint64_t> at(shape.size(), 0);
  while (true) {
    std::uint64_t index = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) index = index * shape[k] + box.start[k] + at[k];
    indices.push_back(index);
    std::size_t k = shape.size();
    while (k > 0 && ++at[k - 1] == box.count[k - 1]) at[--k] = 0;
    if (k == 0) return indices;
  }
}

}  // namespace

TEST_CASE("boxes of a run of rows visit each row once, in order, inside the grid", "[record]") {
  auto random = flatsweep::test::random_generator();
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<std::uint64_t> shape(1 + random() % 5);
    for (auto& length : shape) length = 1 + random() % 4;
    const std::uint64_t size = std::accumulate(shape.begin(), shape.end(), std::uint64_t{1}, std::multiplies<>());
    const std::uint64_t first = random() % size;
    const std::uint64_t rows = 1 + random() % (size - first);

    std::vector<std::uint64_t> visited;
    for (const GridBox& box : boxes(first, rows, shape)) {
      for (std::size_t k = 0; k < shape.size(); ++k) REQUIRE(box.start[k] + box.count[k] <= shape[k]);
      const auto indices = indices_of(box, shape);
      REQUIRE(indices.size() == box.rows);
      visited.insert(visited.end(), indices.begin(), indices.end());
    }
    std::vector<std::uint64_t> expected(rows);
    std::iota(expected.begin(), expected.end(), first);
    REQUIRE(visited == expected);
  }
}

TEST_CASE("rows along the fastest axis are one box, and so is the whole grid", "[record]") {
  const std::vector<std::uint64_t> shape = {2, 1, 3, 4};
  CHECK(boxes(4, 4, shape).size() == 1);
  CHECK(boxes(5, 2, shape).size() == 1);
  CHECK(boxes(0, 24, shape).size() == 1);
  CHECK(boxes(3, 2, shape).size() == 2);
  CHECK(boxes(7, 0, shape).empty());
}
