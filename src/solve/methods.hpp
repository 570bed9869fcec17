#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "solve/normal_equations.hpp"

/// The methods for programs whose S has full row rank or a penalty, and no zero column: interior point and simplex if
/// q = 1, Newton if q > 1. Each function throws Stopped if the request comes before its end.
namespace flatsweep::solve {

/// A primal and a dual optimum, not yet certified.
struct Optimum {
  Vector outer_weights;        ///< a, m
  Vector dual;                 ///< nu, n
  Effort effort{};             ///< steps or pivots; the caller fills in the seconds
  std::vector<Index> basis{};  ///< q = 1: the columns B of the vertex, n; empty if the optimum was proved without them
  Vector signed_costs{};       ///< q = 1: s with B'nu = s, n
  bool complete = true;        ///< whether the method ended, not its budget
};

/// Final iterate of the interior-point phase, close enough to a vertex to guess it.
struct InteriorPoint {
  Vector priority;   ///< m; large for columns that the vertex uses
  Vector costs;      ///< m: kappa_j a_j; empty if S is square
  Vector dual;       ///< nu, in the rows of the equations; n, or empty
  int steps = 0;     ///< predictor-corrector steps
  double gap = 1.0;  ///< relative, as accurate as single precision
  /// m, with a ridge only: share of its slack that t_j lost in the last predictor, 1 in the support and 0 off it
  Vector lost_slack{};
};

/// Mehrotra's predictor-corrector method on the dual of a program with q = 1,
/// maximise y'nu - nu'N nu/2 subject to -kappa <= S'nu <= kappa, N the ridge of the equations, down to a relative gap,
/// and a residual of S a + N nu = y, of `gap_tolerance` (Mehrotra 1992; centrality corrections: Gondzio 1996). Low
/// accuracy: the crossover makes it exact. A square S has one interpolator: its columns are the basis, whatever the
/// costs.
/// @param labels y, n
/// @param equations of the columns of S over kappa_j, factored for weights 1; freed before the simplex needs the memory
/// @pre labels are not all zero
InteriorPoint approach_vertex(const VectorView& labels, NormalEquations equations, double gap_tolerance,
                              const StopRequest& stop);

/// What the simplex does after Tuning::Simplex::patience rounds of pivots that lowered nothing.
enum class AtStall : std::uint8_t {
  give_up,
  perturb,  ///< move the weights a little at random, and put them right at the end (Wolfe 1963)
};

/// Long-step primal simplex with multiple pricing from the basis of the columns of highest priority to the
/// optimal vertex of a program with q = 1: at most n non-zeros, exact to rounding. A pivot moves one weight
/// away from zero and goes on past the points where basic weights change sign while the objective still falls
/// (Bloomfield & Steiger 1983, Least Absolute Deviations, ch. 6); the most violated columns are priced
/// together and pivoted among themselves before the next full pricing.
/// If many weights are zero, rounds of pivots may lower nothing.
/// @param priority m; see InteriorPoint
/// @return nothing if no regular basis is found; the vertex that was reached, not complete, if the budget is spent, or
/// if it stalls and is to give up
std::optional<Optimum> cross_over(const Program& program, const VectorView& priority, const StopRequest& stop,
                                  AtStall at_stall = AtStall::perturb);

/// How near to feasible the dual of a proof is.
enum class Proof : std::uint8_t {
  exact,       ///< up to rounding
  within_gap,  ///< up to the gap that is accepted: columns that nearly are twins of those of the optimum cost as much
};

/// Prove the optimum of a program with q = 1 without a basis, if few columns J carry it: a from S_J a_J = y, and the nu
/// nearest to `dual` with S_J'nu = s_J. At such a vertex a basis has columns of weight zero, and to find those that
/// make nu feasible takes the simplex thousands of pivots.
/// @param point the interior point, its dual in the rows of S
/// @return nothing if the columns that carry it are more than half as many as the rows, or nu is not feasible
std::optional<Optimum> prove_sparse_optimum(const Program& program, const InteriorPoint& point, Proof proof);

/// The optimum of a program with q = 1 and a penalty from its support, i.e. the columns with a_j != 0. Block pivoting
/// exchanges all columns of a wrong sign and all violated ones while their number falls; if that fails, an active-set
/// method, of which a pivot of the simplex is the limit mu -> 0, lowers the primal objective by an exact line search
/// towards the optimum of the present support and signs. The final solve sees the sorted support alone.
/// @return nothing if the rounds that it may take do not suffice
std::optional<Optimum> find_support(const Program& program, const InteriorPoint& start, const StopRequest& stop);

/// Newton's method with exact line search for a program with q > 1: maximise
/// D(nu) = y'nu - (mu/2) |nu|^2 - (q-1) sum_j kappa_j (|t_j|/(q kappa_j))^q*, t = S'nu, from a multiple of
/// nu = (S S' + mu I)^-1 y. Directions
/// come from single-precision factors, reused while conjugate gradients with them converge fast.
/// @param equations of the columns of S over kappa_j^(1/q), factored for weights 1
/// @param lower what `equations` are whitened by, or null
/// @pre labels are not all zero
Optimum maximise_dual(const Program& program, NormalEquations& equations, const StopRequest& stop,
                      const Matrix* lower = nullptr);

/// Newton's method for q so near to 1 that powers 1/(q - 1) of the dual are hopeless: from the vertex of q = 1, in a
/// and nu as independent variables, and if that does not converge by a continuation in q - 1. In double precision.
/// @param vertex the optimum of the same program with q = 1, and its dual
Optimum continue_from_vertex(const Program& program, const Optimum& vertex, const StopRequest& stop);

}  // namespace flatsweep::solve
