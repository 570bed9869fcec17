#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// a = S^+ y. `program.q` and `program.kappa` only enter the certificate's objective.
/// @throws Stopped where the request comes first
Solution minimum_l2_interpolator(const Program& program, const StopRequest& stop = {});

/// S^+ y plus the null-space part of `draw` (m), scaled to the norm of S^+ y; S^+ y itself where there
/// is no null space.
/// @throws Stopped where the request comes first
Solution random_interpolator(const Program& program, const VectorView& draw, const StopRequest& stop = {});

}  // namespace flatsweep::solve
