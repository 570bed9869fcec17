#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/solve/program.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::solve {

/// The flattest interpolator: the optimum of `program`, with a dual that certifies it.
/// @throws Stopped where the request comes first; std::runtime_error where S is so near to singular that no
/// optimal vertex is found
Solution flattest_interpolator(const Program& program, const StopRequest& stop = {});

}  // namespace flatsweep::solve
