#pragma once

#include <iosfwd>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Print the details of the curves of the selected rows for a terminal, in at most 100 columns: for each combination of
/// the axes other than gamma and seed a table over gamma of the means and standard errors of flatness and loss and the
/// number of rows by status, if a row is solved; below it the verdict in sentences, and Spearman's correlation of
/// every measure with the loss. Gammas that do not count in verdicts are marked. Curves without a finished row are left
/// out.
void print_tables(std::ostream& out, const record::ResultsReader& reader, const job::Selection& selection);

}  // namespace flatsweep::report
