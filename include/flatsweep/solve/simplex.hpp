#pragma once

#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// The optimal vertex of a program with q = 1: at most n non-zeros, and the dual that belongs to it.
struct Vertex {
  Vector outer_weights;      ///< a, m
  Vector dual;               ///< nu, n
  int pivots = 0;            ///< exchanges made
  std::vector<Index> basis;  ///< columns of the final basis B, n
  Vector signed_costs;       ///< s, n: B'nu = s
};

/// Long-step primal simplex with multiple pricing from the basis of the most important columns: exact to
/// rounding. A pivot moves one weight away from zero and goes on past the points where basic weights change
/// sign while the objective still falls (Bloomfield & Steiger 1983, Least Absolute Deviations, ch. 6); the
/// most violated columns are priced together and pivoted among themselves before the next full pricing.
/// @param importance m; see InteriorPoint
/// @pre kappa > 0
/// @return nothing where no regular basis is found, or the rounds that it may take do not suffice
/// @throws Stopped where the request comes first
std::optional<Vertex> cross_over(const Program& program, const Vector& importance, const StopRequest& stop);

}  // namespace flatsweep::solve
