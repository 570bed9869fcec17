#pragma once

#include <filesystem>
#include <iosfwd>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Print the curves of the selected rows for a terminal, in at most 100 columns: for each combination of the
/// axes other than gamma and seed a table over gamma of the means and standard errors of flatness and loss
/// and the number of rows by status; below it the flattest and the best gamma, and Spearman's correlation of
/// every measure with the loss. Gammas that do not count in verdicts are marked. Curves without a finished
/// row are left out, and counted at the end.
void print_curves(std::ostream& out, const record::ResultsReader& reader, const job::Selection& selection);

/// Print everything that `Curve` holds as CSV, in the shortest texts that read back as the same doubles: a
/// line for each gamma of each curve, in which what belongs to the whole curve is repeated; empty for NaN.
void print_curves_csv(std::ostream& out, const record::ResultsReader& reader, const job::Selection& selection);

/// Write tidy CSV, a line for each configuration in the order of ids: id, the axes, status, and every
/// variable of the results file but outer_weights, with a column of soft_rank for each ridge. Comment lines
/// (`#`) before the table give the meaning and unit of each column. Numbers read back as the same doubles;
/// what was not computed is empty, and so is everything of a pending row. Memory does not depend on the
/// number of rows.
void export_csv(std::ostream& out, const record::ResultsReader& reader);

/// Write the same to a new file, whole or not at all.
/// @throws Error if the file exists and is not to be overwritten, or if it cannot be written
void export_csv(const std::filesystem::path& file, const record::ResultsReader& reader, record::Existing existing);

}  // namespace flatsweep::report
