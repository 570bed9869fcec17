#pragma once

#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"

namespace flatsweep::experiment {

/// Bytes a rank needs at most for a configuration, its libraries included: the matrices that live at one time
/// in sampling, solve and measures. Within some 20 % where matrices rule.
double memory_bytes(const job::Configuration& configuration, const job::Settings& settings);

/// @throws Error where the configuration needs more than its node has
void require_memory(const job::Configuration& configuration, const job::Settings& settings);

}  // namespace flatsweep::experiment
