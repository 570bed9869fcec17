#pragma once

#include <iosfwd>

#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// One table for each combination of the axes other than gamma and seed: over gamma the seed means of
/// flatness and loss (Monte Carlo where there is one, else exact) of the solved rows, how many were solved
/// and infeasible, the flattest gamma, and the rank correlation of the means. At most 100 columns. Reads the
/// file in blocks and holds one table at a time; tables without a row that is done are left out.
void print_tables(std::ostream& out, const record::ResultsReader& reader);

}  // namespace flatsweep::report
