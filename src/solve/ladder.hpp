#pragma once

#include <cstdint>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// Whether directions may be left out that cost the residual less than rounding does: S of random features has none
/// that the objective depends on; a program of somebody's own may.
enum class Cuts : std::uint8_t { none, weakest_directions };

/// Solve a program by the first of these ways that leads to an optimum which is `solved`. They are the rungs of a
/// ladder, from the cheapest to those for an S so ill-conditioned that doubles hardly hold its solution.
///
/// | rung         | rows of the program             | taken if                                             |
/// |--------------|---------------------------------|------------------------------------------------------|
/// | direct       | S                               | n <= m; floats prove that S has full rank            |
/// | whitened     | S; L^-1 S in the interior point | q = 1, n <= m; they do not; condition(S S') <= 1e11  |
/// | row_space    | Q', where S = Z L Q'            | neither solved it; decides rank and feasibility      |
/// | cut_at_1e_10 | Q' of the directions of S above | row_space did not solve it: a dual that tells the    |
/// | cut_at_1e_9  | that share of its largest       | weakest directions apart may be too large for its    |
/// | cut_at_1e_8  | singular value                  | gap in doubles; without them a fits y nearly as well |
///
/// With a penalty there are `direct` and `row_space`, the latter in the rows Z'S of RangeProgram.
///
/// On each rung, with q = 1: `second_start` if the crossover finds no vertex from the columns of the interior
/// point, and `rounded_dual` if the dual as it was computed misses the bound of the gap.
/// @return the solution, else what was reached; its path has the rungs that were tried
/// @pre no zero columns, labels are not all zero
/// @throws Stopped if the request comes first
Solution climb_ladder(const Program& program, Cuts cuts, const StopRequest& stop);

}  // namespace flatsweep::solve
