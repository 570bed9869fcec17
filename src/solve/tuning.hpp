#pragma once

#include <array>
#include <limits>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::solve {

/// Every number that steers the solver. Tolerances are relative unless said. "Measured" refers to the tables
/// of tests/bench/README.md, "usual" to the programs there; u = 1.1e-16.
struct Tuning {
  /// What counts as solved.
  struct Acceptance {
    double residual = 1e-10;          ///< bound of ||S a - y||/||y||, or what rounding a costs if that is more
    double gap = 1e-9;                ///< bound of |P - D|/P
    double rounding_units = 8.0;      ///< machine epsilons of ||S||_F ||a|| that rounding a costs in S a
    double distance_of_range = 1e-9;  ///< from y to the range of S, above which no interpolator exists
  } acceptance;

  /// Which rung of the ladder takes a program (ladder.hpp).
  struct Ladder {
    /// NormalEquations::rounding() up to which single precision proves full rank and is good for directions.
    double safe_rounding = 0.1;
    /// Condition of S S' up to which its Cholesky factor orthonormalises S to five digits: 1e-5/u.
    double safe_gram_condition = 1e11;
    /// Singular values of S below this share of the largest count as zero: n u for n = 1e4.
    double rank_tolerance = 1e-12;
    /// The same if the dual is too large for doubles to hold the gap; the first one that suffices is taken.
    std::array<double, 3> cuts = {1e-10, 1e-9, 1e-8};
    /// Gap at which the crossover takes over: a step costs about the pivots that it saves. Measured: at 3e-3
    /// and 1e-4 up to twice as slow.
    double crossover_gap = 1e-3;
    int harmless_exponent = 30;  ///< S up to 2^this stays as it is: floats hold its products
    int vertex_refinements = 2;  ///< of a vertex that was found in the row space
  } ladder;

  /// Products and factors in single precision (normal_equations.cpp).
  struct NormalEquations {
    Index panel_columns = 256;  ///< columns of S that are weighted and multiplied at a time
    /// Columns lighter than this share of the n-th heaviest are left out of the factor: conjugate gradients
    /// make up for them in a step or two. Measured: 7.1 to 7.8 units at 0.1, 8.4 at 0.02, 10 at 0.3.
    float light_share = 0.1F;
    float negligible_share = 1e-9F;  ///< of the heaviest: lighter columns vanish in single precision
    /// The diagonal of M is raised by this share of its rounding, sqrt(n) eps max_i M_ii, so that the
    /// Cholesky factorisation succeeds at once. Measured: up to 3 attempts without.
    float share_of_rounding = 0.1F;
    float shift_growth = 100.0F;   ///< factor of that shift after a failed factorisation
    double rounding_units = 20.0;  ///< beside sqrt(n), error of M in eps max_i M_ii, for small n
  } normal_equations;

  /// Estimates of ||A^-1|| and the rank (numerics.hpp, decomposition.cpp).
  struct Rank {
    int estimate_rounds = 5;           ///< at most (Higham 2002, algorithm 15.1)
    double doubtful_condition = 1e-2;  ///< times 1/rank_tolerance: above, columns are pivoted
  } rank;

  /// S^+ by refined normal equations (reference_interpolators.cpp).
  struct LeastNorm {
    int max_refinements = 20;
    double sufficient_decrease = 0.5;  ///< of the residual in a refinement; it ends when that is missed
    double solve_tolerance = 1e-5;     ///< of conjugate gradients in each: about what floats give
    int max_solve_steps = 10;          ///< of conjugate gradients
    int projections = 2;               ///< on the null space: "twice is enough" (Kahan; Parlett 1980)
  } least_norm;

  /// Mehrotra's predictor-corrector (interior_point.cpp).
  struct InteriorPoint {
    int max_steps = 60;                 ///< 4 to 10 are usual; the crossover starts from anywhere
    int max_corrections = 2;            ///< of centrality, a back-substitution each. Measured: faster than 0, 1 and 3
    double centrality_band = 10.0;      ///< factor within which products of value and slack stay (Gondzio 1996)
    double step_growth = 0.08;          ///< corrections aim at a longer step, 1.08 alpha + 0.08 (after Gondzio 1996)
    double least_step_gain = 0.01;      ///< of both step lengths together, for a correction to be kept
    double start_dual = 0.9;            ///< largest |S_j'nu|/kappa_j of the start, well inside the bounds
    double start_tolerance = 1e-3;      ///< of conjugate gradients for the start
    double predictor_tolerance = 1e-2;  ///< of those for the predictor, which only sets mu
    double corrector_tolerance = 1e-3;  ///< of those for the step that is taken
    int max_solve_steps = 20;           ///< of conjugate gradients; 2 to 14 are usual
    double least_damping = 0.9;         ///< least share of the way to the boundary that is stepped
    double damping_slope = 0.1;         ///< 1 - this * mu(predicted)/mu is stepped if that is more
  } interior_point;

  /// Long-step primal simplex (simplex.cpp).
  struct Simplex {
    int fewest_candidates = 32;              ///< columns priced together: as many as candidates_per_pivot says, within
    int most_candidates = 64;                ///< these limits. Measured: 9.2 units at n = 2000, 12.9 with always 64
    int candidates_per_pivot = 2;            ///< times the pivots of the round before
    double violation_tolerance = 1e-11;      ///< |S_j'nu|/kappa_j - 1 up to which a column stays out
    double negligible_gap = 1e-11;           ///< share of P that basic weights of the wrong sign may hide
    double smallest_pivot = 1e-9;            ///< in B^-1 S_j, whose entries are of order 1: less is rounding noise
    double smallest_pivot_of_stall = 1e-12;  ///< the same once a walk stalled: a step of 1 along less moves nothing
    int max_rounds = 1000;                   ///< of pricing, and as many more as there are rows: a limit for cycling
    double least_progress = 1e-12;   ///< share of P that a round of pivots gains if the vertex is not degenerate
    int patience = 3;                ///< rounds of pivots that may gain less
    double perturbation = 1e-7;      ///< of basic weights at a degenerate vertex, over the largest weight
    double accurate_factors = 1e-8;  ///< relative residual with them, above which they are computed anew
    Index fewest_updates = 100;      ///< of the basis before it is factored anew,
    Index update_divisor = 10;       ///< or n over this, if it is more: they cost n^2 each, the factor n^3
  } simplex;

  /// The support of an optimum with q = 1 and a penalty (support.cpp, active_set.cpp).
  struct Support {
    double lost_slack =
        0.5;  ///< share lost in the last predictor that tells the support (El-Bakry, Tapia & Zhang 1994)
    double violation_tolerance = 1e-10;  ///< |S_j'nu|/kappa_j - 1 up to which a column stays out
    double rounding_units = 4.0;         ///< machine epsilons of |S_j| |nu| that S_j'nu may be wrong by
    int max_block_rounds = 20;           ///< 2 to 5 are usual
    int block_failures = 1;              ///< rounds that may not lower the number of wrong columns
    double full_share = 0.97;            ///< of n: from a larger support, block pivoting is left after the first round
    Index many_wrong = 20;               ///< if more columns than this are wrong
    double dependent = 1e-11;            ///< distance of S_j from the span of the support, over |S_j|: less is rounding
    double doubtful_pivot = 1e-4;  ///< of the Cholesky factor, over its largest: below it, the final factor is a QR
    int most_entering = 16;        ///< columns that enter together
    int max_rounds = 20000;        ///< of the active-set method, a solve each
    int refinements = 2;           ///< of the final solve, with residuals in extended precision
  } support;

  /// Factors of a basis, and its dual in doubles (basis.cpp).
  struct Basis {
    /// Share of the largest pivot below which one may be rounding noise of dependent columns, which an
    /// orthogonal decomposition has magnified.
    double doubtful_pivot = 1e-8;
    double hopeless_pivot = 1e-13;  ///< the same for an S that has no better columns
    double inward_units = 4.0;      ///< machine epsilons of |S_j|'|nu| that rounding nu may add to S_j'nu
    Index growth = 128;             ///< columns by which the room for eta vectors grows
    int dual_refinements = 3;       ///< of B'nu = s, to twice the working precision, before nu is rounded
  } basis;

  /// Optima of few columns (sparse_optimum.cpp).
  struct SparseOptimum {
    double carried = 0.98;          ///< share of the cost that the interior point puts on few columns if they are all
    double most_columns = 0.5;      ///< of them, over the rows
    double dependence = 1e-13;      ///< share of a column outside of the span of others, below which it is left out
    double labels_reached = 1e-12;  ///< distance of y from the span of the columns, relative
    /// Shares of the largest cost below which y does not need a column; the first one that is not too large is taken.
    /// Of two columns that differ by 1e-10, rounding y gives the one that y does not have a weight of u/1e-10.
    std::array<double, 2> negligible_weights = {1e-4, 1e-10};
    int dual_refinements = 2;             ///< of S_J'nu = s_J
    double violation = 1e-11;             ///< |S_j'nu|/kappa_j - 1 of a feasible dual
    double violation_within_gap = 5e-10;  ///< the same if half of Acceptance::gap does for a proof
  } sparse_optimum;

  /// Newton's method from the vertex of q = 1 (exponent_continuation.cpp).
  struct ExponentContinuation {
    double below = 1.1;  ///< q up to which it takes the place of the smooth dual's. Measured: 3 to 30 steps
    /// Ways from the vertex: at once, then from (q - 1)/range by these factors. Measured, of 1,200 programs with q from
    /// 1 + 2^-22 to 1.1: 8 need the second, 3 the third.
    std::array<double, 3> factors = {std::numeric_limits<double>::infinity(), 2.0, 1.3};
    double range = 8.0;
    double good_enough = 1e-10;        ///< residual and gap that end it
    int max_steps = 60;                ///< for one q; 1 to 30 are usual
    double residual_goal = 1e-13;      ///< of S a = y
    double gap_goal = 1e-12;           ///< relative
    double zero_weight = 1e-9;         ///< share of the largest: less is none of the vertex
    double slack = 7.0;                ///< distance from its bound, over q - 1, of a dual that touches it: e^-7
    double most_slack = 1e-3;          ///< of that distance
    double largest_start = 1e-2;       ///< share of the largest weight that others start with at most
    double significant_weight = 1e-8;  ///< share of the largest: t of these columns limits the step
    double longest_step = 0.5;         ///< relative change of that t
    double small_weight = 1e-3;        ///< share of the largest below which a is its power of t
    double least_share = 0.2;          ///< of a that is left after a linear step
    double least_log_factor = -30.0;   ///< of a weight that
    double most_log_factor = 2.0;      ///< follows by a factor
    double negligible_weight = 1e-20;  ///< of the heaviest column in the normal equations
    double ridge = 1e-15;              ///< on their diagonal, over their trace
    double largest_exponent = 600.0;   ///< of e
  } exponent_continuation;

  /// Newton's method on the smooth dual (newton.cpp).
  struct Newton {
    int max_steps = 100;               ///< 6 to 12 are usual
    double residual_goal = 1e-14;      ///< of S a = y: about as far as doubles carry
    double stagnant_residual = 1e-8;   ///< below it, Newton ends after more than
    int stagnant_steps = 2;            ///< so many steps that
    double sufficient_decrease = 0.5;  ///< do not reduce the residual by this factor
    double start_tolerance = 1e-2;     ///< of conjugate gradients for the start
    int max_start_steps = 20;          ///< of those
    double solve_share = 0.1;          ///< tolerance of a direction, as a share of the residual (Dembo et al. 1982)
    double loosest_solve = 1e-2;       ///< and its upper
    double tightest_solve = 1e-4;      ///< and lower limit
    int max_solve_steps = 30;          ///< of conjugate gradients for a direction
    int fresh_factor_steps = 8;        ///< of those up to which a factor is kept. Measured: 3.4 units, 5.6 without
    int max_line_steps = 30;           ///< of the scalar Newton method along a direction
    double line_tolerance = 1e-3;      ///< of its slope, as a share of the first
  } newton;
};

inline constexpr Tuning tuning{};

}  // namespace flatsweep::solve
