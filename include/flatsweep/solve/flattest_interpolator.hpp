#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// The flattest interpolator: the optimum of `program`, with a dual that certifies it.
/// @throws Stopped where the request comes first
Solution flattest_interpolator(const Program& program, const StopRequest& stop = {});

}  // namespace flatsweep::solve
