#pragma once

#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/normal_equations.hpp"

/// The methods for programs whose S has full row rank and no zero column: interior point and simplex if q = 1, Newton
/// if q > 1. Each function throws Stopped if the request comes before its end.
namespace flatsweep::solve {

/// A primal and a dual optimum, not yet certified.
struct Optimum {
  Vector outer_weights;        ///< a, m
  Vector dual;                 ///< nu, n
  Effort effort{};             ///< steps or pivots; the caller fills in the seconds
  std::vector<Index> basis{};  ///< q = 1: the columns B of the vertex, n
  Vector signed_costs{};       ///< q = 1: s with B'nu = s, n
};

/// Final iterate of the interior-point phase, close enough to a vertex to guess it.
struct InteriorPoint {
  Vector priority;   ///< m; large for columns that the vertex uses
  int steps = 0;     ///< predictor-corrector steps
  double gap = 1.0;  ///< relative, as accurate as single precision
};

/// Mehrotra's predictor-corrector method on the dual of a program with q = 1,
/// maximise y'nu subject to -kappa <= S'nu <= kappa, down to a relative gap of `gap_tolerance`
/// (Mehrotra 1992; centrality corrections: Gondzio 1996). Low accuracy: the crossover makes it exact. A square S has
/// one interpolator: its columns are the basis, whatever the costs.
/// @param labels y, n
/// @param equations of the columns of S over kappa_j, factored for weights 1; freed before the simplex needs the memory
/// @pre labels are not all zero
InteriorPoint approach_vertex(const VectorView& labels, NormalEquations equations, double gap_tolerance,
                              const StopRequest& stop);

/// Long-step primal simplex with multiple pricing from the basis of the columns of highest priority to the
/// optimal vertex of a program with q = 1: at most n non-zeros, exact to rounding. A pivot moves one weight
/// away from zero and goes on past the points where basic weights change sign while the objective still falls
/// (Bloomfield & Steiger 1983, Least Absolute Deviations, ch. 6); the most violated columns are priced
/// together and pivoted among themselves before the next full pricing.
/// @param priority m; see InteriorPoint
/// @return nothing if no regular basis is found, or the rounds that it may take do not suffice
std::optional<Optimum> cross_over(const Program& program, const VectorView& priority, const StopRequest& stop);

/// Newton's method with exact line search for a program with q > 1: maximise
/// D(nu) = y'nu - (q-1) sum_j kappa_j (|t_j|/(q kappa_j))^q*, t = S'nu, from nu = t (S S')^-1 y. Directions
/// come from single-precision factors, reused while conjugate gradients with them converge fast.
/// @param equations of the columns of S over kappa_j^(1/q), factored for weights 1
/// @pre labels are not all zero
Optimum maximise_dual(const Program& program, NormalEquations& equations, const StopRequest& stop);

}  // namespace flatsweep::solve
