#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::sample {

/// What a random number is for; streams of different purposes are independent.
enum class Purpose : std::uint32_t {
  features = 1,
  index_sphere = 2,
  complement = 3,
  index_directions = 4,
  noise = 5,
  offset = 6,
  coefficients = 7,
  rotation = 8,
  null_space = 9,
  test_points = 10,
};

/// Random numbers by counter (Philox4x32-10): a pure function of (seed, purpose, key, row, position),
/// so that no result depends on the order of the draws. `key` is what else the numbers may depend on
/// (d, r or m; model.md section 4).
class Stream {
 public:
  Stream(std::uint64_t seed, Purpose purpose, std::uint32_t key = 0);

  /// Fills `out` with N(0, 1): the first out.size() numbers of row `row`.
  void normal(std::uint64_t row, Eigen::Ref<Vector> out) const;

  /// Number 0 of row `row`, uniform on (0, 1).
  [[nodiscard]] double uniform(std::uint64_t row) const;
};

}  // namespace flatsweep::sample
