#pragma once

#include <random>

#include "flatsweep/core/matrix.hpp"
#include "seed.hpp"

namespace flatsweep::test {

/// Entries iid N(0, 1).
template <typename Dense = Matrix>
Dense gaussian_matrix(std::mt19937_64& random, Index rows, Index cols) {
  std::normal_distribution<double> normal;
  Dense matrix(rows, cols);
  for (auto& entry : matrix.reshaped()) entry = static_cast<typename Dense::Scalar>(normal(random));
  return matrix;
}

inline Vector gaussian_vector(std::mt19937_64& random, Index n) { return gaussian_matrix(random, n, 1); }

inline double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

inline Index uniform_index(std::mt19937_64& random, Index count) {
  return std::uniform_int_distribution<Index>(0, count - 1)(random);
}

}  // namespace flatsweep::test
