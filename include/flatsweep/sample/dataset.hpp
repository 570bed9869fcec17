#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::sample {

/// Sample the features X: samples x d, iid N(0, 1). Row i depends on (seed, d, i) only.
Matrix sample_features(std::uint64_t seed, Index d, Index samples);

/// Fill `points` (count x d) with the rows first, ..., first + count - 1 of the test points of the Monte
/// Carlo loss, iid N(0, 1). Row i depends on (seed, d, i) only.
void sample_test_points(std::uint64_t seed, Index first, Eigen::Ref<Matrix> points);

/// Sample the label noise epsilon: iid N(0, 1); entry i depends on (seed, i) only.
Vector sample_noise(std::uint64_t seed, Index samples);

/// Sample the Gaussian vector whose projection is the null-space direction of the interpolator `random`; it
/// depends on (seed, width) only.
Vector sample_null_space_draw(std::uint64_t seed, Index width);

}  // namespace flatsweep::sample
