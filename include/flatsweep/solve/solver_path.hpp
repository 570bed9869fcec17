#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace flatsweep::solve {

/// A rung of the solver's ladder: one of the ways to solve a program, tried in this order until a solution has its
/// certificate. Well-conditioned programs need the first one only; src/solve/ladder.hpp says what each does and when it
/// is tried. The last two are repairs on a rung. The numbers are the bits of a SolverPath in results files.
enum class Rung : std::uint8_t {
  direct,        ///< S as it is
  whitened,      ///< L^-1 S, where L L' = S S', for the steps of the interior point
  row_space,     ///< Q'a = L^-1 Z'y, where S = Z L Q'
  cut_at_1e_10,  ///< the row space without directions of S below 1e-10 of its largest singular value
  cut_at_1e_9,   ///< the same below 1e-9
  cut_at_1e_8,   ///< the same below 1e-8
  second_start,  ///< of the crossover, from the columns that pivoted QR takes first
  rounded_dual,  ///< a dual rounded to the nearest plane, if plain rounding breaks the certificate
};

/// Names of the rungs, indexed by Rung.
inline constexpr std::array<std::string_view, 8> rung_names = {
    "direct", "whitened", "row_space", "cut_at_1e_10", "cut_at_1e_9", "cut_at_1e_8", "second_start", "rounded_dual"};

/// The rungs that were tried for a solution: a set, stored as the sum of 2^rung. It is empty if all labels are zero.
class SolverPath {
 public:
  constexpr SolverPath() = default;
  /// @param bits as stored
  constexpr explicit SolverPath(std::uint8_t bits) : bits_(bits) {}

  /// Insert a rung; it may be there already.
  constexpr void add(Rung rung) { bits_ = static_cast<std::uint8_t>(bits_ | mask(rung)); }
  /// Return whether the rung was tried.
  [[nodiscard]] constexpr bool has(Rung rung) const { return (bits_ & mask(rung)) != 0; }
  /// Return the set as it is stored.
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }

  friend constexpr bool operator==(SolverPath, SolverPath) = default;

 private:
  static constexpr unsigned mask(Rung rung) { return 1U << static_cast<unsigned>(rung); }

  std::uint8_t bits_ = 0;
};

}  // namespace flatsweep::solve
