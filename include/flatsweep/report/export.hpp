#pragma once

#include <filesystem>
#include <iosfwd>

#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

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
