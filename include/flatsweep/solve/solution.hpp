#pragma once

#include <string>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"

namespace flatsweep::solve {

/// What a certificate recomputed from S, y, kappa, a and nu alone says (model.md section 5).
struct Certificate {
  double objective;  // P = sum_j kappa_j |a_j|^q
  double residual;   // ||S a - y|| / ||y||
  double gap;        // (P - D)/P; NaN without a dual
};

/// A point of {a : S a = y}, or the finding that there is none.
struct Solution {
  Status status = Status::failed;  // solved, infeasible or inaccurate
  Vector outer_weights;            // a, m; NaN where infeasible
  Vector dual;                     // nu, n, dual feasible; NaN where there is none
  Certificate certificate{};       // residual: relative least-squares residual where infeasible
  Index rank = 0;                  // of S
  int iterations = 0;              // interior-point or Newton steps plus simplex pivots
};

}  // namespace flatsweep::solve
