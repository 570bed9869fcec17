#pragma once

#include <optional>
#include <string>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"

namespace flatsweep::job {

/// Say why S a = y has no solution for any seed: the n labels are not in the range of S, whose rank the
/// sizes, a polynomial activation or gamma at an end of [0, 1] keep below n. Say nothing if a solution may
/// exist; the configuration can still turn out infeasible.
std::optional<std::string> infeasible_by_construction(const Configuration& configuration, const Settings& settings);

}  // namespace flatsweep::job
