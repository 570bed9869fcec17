#pragma once

#include <filesystem>
#include <iosfwd>

#include "flatsweep/record/new_file.hpp"
#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Tidy CSV, one line a configuration in the order of ids: id, the axes, status, and every variable of the
/// results file but outer_weights, soft_rank once a ridge. Comment lines (`#`) before it tell what the
/// columns mean, with units. Numbers read back as the same doubles; what was not computed is empty, and so is
/// everything of a pending row. Memory does not depend on the number of rows.
void export_csv(std::ostream& out, const record::ResultsReader& reader);

/// The same to a new file, never half-written.
/// @throws Error where the file exists and is not to be overwritten, or where it cannot be written
void export_csv(const std::filesystem::path& file, const record::ResultsReader& reader,
                record::Existing existing);

}  // namespace flatsweep::report
