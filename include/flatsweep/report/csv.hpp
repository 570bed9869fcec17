#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>

#include "flatsweep/job/selection.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Print everything that `Curve` holds as CSV, in the shortest texts that read back as the same doubles; empty for
/// NaN. There is a line for each gamma of each curve, in which what belongs to the whole curve is repeated. Columns:
/// the axes but seed; the numbers of rows by status; `in_verdicts`, `flattest` and `best`, 1 at the gammas that count,
/// at the flattest and at that of least loss; `flattest_gamma`, `least_loss_gamma`, their values; `verdict` in words;
/// `beats_mean`; `loss_name`, `loss_rounding_error` and `baseline`; `NAME_mean`, `NAME_standard_error` and `NAME_count`
/// of `loss`, `best_loss`, every measure of `curve_measures` and the ratios of flatness, and of `cost_of_flattest`;
/// and for every measure `spearman_over_gamma_NAME`, its interval `spearman_lower_NAME` to `spearman_upper_NAME`, and
/// `spearman_over_rows_NAME`.
/// @return the number of torn rows
std::uint64_t print_curves_csv(std::ostream& out, const record::ResultsReader& reader, const job::Selection& selection);

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
