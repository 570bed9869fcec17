#pragma once

#include <iosfwd>

#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// For a terminal, one table for each combination of the axes other than gamma and seed: over gamma the
/// median and quartiles over solved seeds of flatness and relative loss (Monte Carlo loss where there is no
/// exact one) and how many rows were solved, infeasible, inaccurate, failed or crashed; below it the flattest
/// gamma, and how flatness, trace at unit-norm weights, l1 norm and soft rank order the interpolators by loss
/// (Spearman). At most 100 columns. Reads blocks of about 65536 rows, at least a table; tables without a row
/// that is done are left out, and counted at the end.
void print_tables(std::ostream& out, const record::ResultsReader& reader);

/// The same as CSV with full precision: a line for every gamma of every table, what belongs to the whole
/// table repeated in each; empty where there is no number.
void print_tables_csv(std::ostream& out, const record::ResultsReader& reader);

}  // namespace flatsweep::report
