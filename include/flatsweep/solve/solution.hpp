#pragma once

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

/// A point of {a : S a = y}, or the finding that there is none.
struct Solution {
  Status status = Status::failed;  ///< solved, infeasible or inaccurate
  Vector outer_weights;            ///< a, m; NaN where infeasible
  Vector dual;                     ///< nu, n, dual feasible; NaN where there is none
  Certificate certificate{};       ///< residual: relative least-squares residual where infeasible
  Index rank = 0;                  ///< of S
  Effort effort{};                 ///< what it took

  /// Steps and pivots together.
  [[nodiscard]] int iterations() const { return effort.steps + effort.pivots; }
};

/// The finding that S a = y has no solution.
/// @param residual least relative residual
Solution no_interpolator(const Program& program, double residual, Index rank);

/// a = 0, the optimum where all labels are zero.
Solution zero_interpolator(const Program& program, Index rank);

}  // namespace flatsweep::solve
