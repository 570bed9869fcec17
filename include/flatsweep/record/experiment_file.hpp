#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"
#include "flatsweep/record/output_file.hpp"

namespace flatsweep::record {

/// Id of a configuration that is not in the job's grid; -1 in the file.
inline constexpr ConfigurationId off_the_grid{std::numeric_limits<std::uint64_t>::max()};

/// Write the file of `flatsweep solve`: all arrays of one configuration, every measure and other variable of
/// its row as a scalar dataset, its axis values as attributes. What does not apply is NaN.
/// @param hessian_eigenvalues n numbers, or none if they were not computed
/// @throws Error if FILE exists and `existing` refuses it, or FILE cannot be written
void write_experiment_file(const std::filesystem::path& file, const experiment::Experiment& experiment,
                           const VectorView& hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing = Existing::refuse);

}  // namespace flatsweep::record
