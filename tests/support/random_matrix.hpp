#pragma once

#include <cstdint>
#include <random>

#include "flatsweep/core/matrix.hpp"
#include "seed.hpp"

namespace flatsweep::test {

/// Return a matrix of independent normal numbers with mean 0 and variance 1.
template <typename Dense = Matrix>
Dense gaussian_matrix(std::mt19937_64& random, Index rows, Index cols) {
  std::normal_distribution<double> normal;
  Dense matrix(rows, cols);
  for (auto& entry : matrix.reshaped()) entry = static_cast<typename Dense::Scalar>(normal(random));
  return matrix;
}

/// Return the same, the matrix of this seed.
inline Matrix gaussian_matrix(std::uint64_t seed, Index rows, Index cols) {
  std::mt19937_64 random(seed);
  return gaussian_matrix(random, rows, cols);
}

/// Return a vector of n independent normal numbers.
inline Vector gaussian_vector(std::mt19937_64& random, Index n) { return gaussian_matrix(random, n, 1); }

/// Return a number uniform in [low, high).
inline double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

/// Return an index uniform in [0, count).
inline Index uniform_index(std::mt19937_64& random, Index count) {
  return std::uniform_int_distribution<Index>(0, count - 1)(random);
}

}  // namespace flatsweep::test
