#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// What a certificate recomputed from S, y, kappa, a and nu alone says.
struct Certificate {
  double objective;  ///< P = sum_j kappa_j |a_j|^q
  double residual;   ///< ||S a - y|| / ||y||
  double gap;        ///< (P - D)/P; NaN without a dual
};

/// What a solution took. Seconds are wall-clock, for benchmarks: they never steer anything.
struct Effort {
  int steps = 0;                     ///< of the interior point or of Newton's method
  int pivots = 0;                    ///< of the simplex
  double range_seconds = 0.0;        ///< to decide the rank and, where needed, to reduce S to its row space
  double approach_seconds = 0.0;     ///< in these steps
  double crossover_seconds = 0.0;    ///< in these pivots
  double certificate_seconds = 0.0;  ///< to recompute residual and gap
};

/// A way around an ill-conditioned S; the ladder stands in flattest_interpolator.cpp. The numbers are bits of
/// SolverPath.
enum class Rung : std::uint8_t {
  direct,        ///< S as it is
  whitened,      ///< L^-1 S, where L L' = S S', for the steps of the interior point
  row_space,     ///< Q'a = L^-1 Z'y, where S = Z L Q'
  cut_at_1e_10,  ///< the row space without directions of S below 1e-10 of its largest singular value
  cut_at_1e_9,   ///< the same below 1e-9
  cut_at_1e_8,   ///< the same below 1e-8
  second_start,  ///< of the crossover, from the columns that pivoted QR takes first
  rounded_dual,  ///< a dual rounded to the nearest plane, where plain rounding breaks the certificate
};

/// Indexed by Rung.
inline constexpr std::array<std::string_view, 8> rung_names = {"direct",       "whitened",    "row_space",
                                                               "cut_at_1e_10", "cut_at_1e_9", "cut_at_1e_8",
                                                               "second_start", "rounded_dual"};

/// The rungs that were tried for a solution: a set, stored as the sum of 2^rung. It is empty if all labels
/// are zero.
class SolverPath {
 public:
  constexpr SolverPath() = default;
  constexpr explicit SolverPath(std::uint8_t bits) : bits_(bits) {}

  constexpr void add(Rung rung) {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(rung));
  }
  [[nodiscard]] constexpr bool has(Rung rung) const {
    return (bits_ >> static_cast<unsigned>(rung) & 1U) != 0;
  }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }

  friend constexpr bool operator==(SolverPath, SolverPath) = default;

 private:
  std::uint8_t bits_ = 0;
};

/// A point of {a : S a = y}, or the finding that there is none.
struct Solution {
  Status status = Status::failed;  ///< solved, infeasible or inaccurate
  Vector outer_weights;            ///< a, m; NaN where infeasible
  Vector dual;                     ///< nu, n, dual feasible; NaN where there is none
  Certificate certificate{};       ///< residual: relative least-squares residual where infeasible
  Index rank = 0;                  ///< of S
  SolverPath path;                 ///< the rungs that were tried
  Effort effort{};                 ///< what it took

  /// Steps and pivots together.
  [[nodiscard]] int iterations() const { return effort.steps + effort.pivots; }
};

/// The finding that S a = y has no solution.
/// @param residual least relative residual
Solution no_interpolator(const Program& program, double residual, Index rank, SolverPath path = {});

/// a = 0, the optimum where all labels are zero.
Solution zero_interpolator(const Program& program, Index rank);

}  // namespace flatsweep::solve
