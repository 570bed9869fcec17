#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::sample {

/// What a random number is for; streams of different purposes are independent.
enum class Purpose : std::uint32_t {
  features = 1,          ///< X
  index_sphere = 2,      ///< s_j: the part of w_j in the index subspace
  complement = 3,        ///< v_j: its part in the orthogonal complement
  index_directions = 4,  ///< U
  noise = 5,             ///< epsilon
  offset = 6,            ///< b
  coefficients = 7,      ///< c
  rotation = 8,          ///< the eigenvectors of quadratic_form
  null_space = 9,        ///< the direction of the interpolator `random`
  test_points = 10,      ///< x of the Monte Carlo loss
  label_noise = 11,      ///< xi: the signs of label-noise gradient descent
};

/// Normal random numbers by counter: a pure function of (seed, purpose, key, row, position), so that no
/// result depends on the order of the calls or on how many numbers they ask for. `key` is what else the
/// numbers may depend on (d, r or m).
///
/// Numbers 2k and 2k + 1 of a row are r cos(phi) and r sin(phi) (Box and Muller 1958) from the words w0..w3
/// of Philox4x32-10 (Salmon et al. 2011) with key {seed, seed >> 32} and counter
/// {k, row, row >> 32 | purpose << 24, key}: with the 64-bit words u = w1:w0 and v = w3:w2,
/// r = sqrt(-2 log((u >> 12 + 1/2) / 2^52)), t = pi/2 ((v >> 12 + 1/2) / 2^52 - 1/2), and phi = t, or its
/// reflections: pi - t if bit 0 of v is set, then pi/2 - phi if bit 1 of v is set.
/// No library function and no fused operation takes part: the bits are those of IEEE arithmetic.
class Stream {
 public:
  /// Prepare the stream of one purpose; numbers are computed only when asked for.
  Stream(std::uint64_t seed, Purpose purpose, Index key = 0)
      : seed_(seed), purpose_(purpose), key_(static_cast<std::uint32_t>(key)) {}

  /// Fill `out` with the first out.size() numbers N(0, 1) of row `row`.
  /// @pre row < 2^56
  void normal(std::uint64_t row, Eigen::Ref<Vector> out) const;

  /// Fill `out` with the first out.size() random signs of row `row`, +1 or -1 with equal probability: bit i % 128
  /// of the Philox block with k = i / 128 and the counter above, w0 first, gives sign i: +1 if it is set.
  /// @pre row < 2^56
  void signs(std::uint64_t row, Eigen::Ref<Vector> out) const;

 private:
  std::uint64_t seed_;
  Purpose purpose_;
  std::uint32_t key_;
};

}  // namespace flatsweep::sample
