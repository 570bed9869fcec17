#pragma once

#include <cstdint>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::sample {

/// X: samples x d, iid N(0, 1). Row i depends on (seed, d, i) only.
Matrix sample_features(std::uint64_t seed, Index d, Index samples);

/// The same for the Monte Carlo loss: rows first, ..., first + count - 1 of the test points.
void sample_test_points(std::uint64_t seed, Index first, Eigen::Ref<Matrix> points);

/// eps: iid N(0, 1); entry i depends on (seed, i) only.
Vector sample_noise(std::uint64_t seed, Index samples);

/// A Gaussian vector from which `random` takes its null-space direction; depends on (seed, width).
Vector sample_null_space_draw(std::uint64_t seed, Index width);

}  // namespace flatsweep::sample
