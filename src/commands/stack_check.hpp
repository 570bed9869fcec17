#pragma once

#include <vector>

#include "commands/finding.hpp"
#include "commands/rank_facts.hpp"

namespace flatsweep::cli {

/// The traps of MPI, HDF5, binding, shared memory, BLAS and clocks, from what the ranks see; @pre not empty
std::vector<Finding> check_stack(const std::vector<RankFacts>& ranks);

}  // namespace flatsweep::cli
