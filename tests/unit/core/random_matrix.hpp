#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::test {

/// Numbers that differ from run to run; FLATSWEEP_TEST_SEED repeats those of a run that failed.
inline std::mt19937_64 random_generator() {
  static const std::uint64_t seed = [] {
    const char* wish = std::getenv("FLATSWEEP_TEST_SEED");
    const std::uint64_t chosen = wish ? std::strtoull(wish, nullptr, 10) : std::random_device{}();
    std::cout << "FLATSWEEP_TEST_SEED=" << chosen << '\n';
    return chosen;
  }();
  return std::mt19937_64(seed);
}

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
