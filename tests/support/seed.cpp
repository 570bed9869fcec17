#include "seed.hpp"

#include <catch2/catch.hpp>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace flatsweep::test {
namespace {

std::optional<std::uint64_t> seed_of_process;

std::uint64_t choose_seed() {
  const char* wish = std::getenv("FLATSWEEP_SEED");
  if (wish == nullptr) {
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
  }
  const std::string_view text = wish;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  if (error != std::errc() || end != text.data() + text.size())
    throw std::runtime_error("FLATSWEEP_SEED is not a decimal number below 2^64");
  return seed;
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits.
std::uint64_t hash(std::string_view text) {
  std::uint64_t state = 0xcbf29ce484222325;
  for (const char character : text) state = (state ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  return state;
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the result depends on all of `bits`.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

}  // namespace

std::uint64_t seed() {
  if (!seed_of_process) {
    seed_of_process = choose_seed();
    std::cout << "FLATSWEEP_SEED=" << *seed_of_process << std::endl;
  }
  return *seed_of_process;
}

void set_seed(std::uint64_t seed) { seed_of_process = seed; }

std::uint64_t case_seed() { return mix(seed() ^ mix(hash(Catch::getResultCapture().getCurrentTestName()))); }

std::mt19937_64 random_generator() { return std::mt19937_64(case_seed()); }

}  // namespace flatsweep::test
