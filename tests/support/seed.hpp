#pragma once

#include <cstdint>
#include <random>

namespace flatsweep::test {

/// Return the seed of this process: that of the environment variable FLATSWEEP_SEED (decimal), else a random
/// one. It is printed once, as `FLATSWEEP_SEED=...`, so that a failure can be repeated.
/// @throws std::runtime_error if FLATSWEEP_SEED is not a decimal number below 2^64
std::uint64_t seed();

/// Replace the seed of this process, e.g. by that of another rank. Nothing is printed.
void set_seed(std::uint64_t seed);

/// Return a seed that depends on seed() and the name of the running test case alone. To repeat one case:
/// `FLATSWEEP_SEED=... test_unit_x "its name"`.
std::uint64_t case_seed();

/// Return a generator that starts at case_seed().
std::mt19937_64 random_generator();

}  // namespace flatsweep::test
