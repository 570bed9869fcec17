#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::solve {

/// Return the flattest interpolator, i.e. the optimum of `program`, with a dual that certifies it: by an
/// interior point and crossover to a vertex if q = 1, by Newton's method on the dual if q > 1.
/// @pre kappa_j = 0 only if column j of S is zero
/// @throws Stopped if the request comes first; std::runtime_error if S is so near to singular that no optimal
/// vertex is found
Solution flattest_interpolator(const Program& program, const StopRequest& stop = {});

}  // namespace flatsweep::solve
