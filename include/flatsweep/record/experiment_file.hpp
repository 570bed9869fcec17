#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"
#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record {

/// The id of a configuration that the job's grid does not have; -1 in the file.
inline constexpr ConfigurationId off_the_grid{std::numeric_limits<std::uint64_t>::max()};

/// Writes the file of `flatsweep solve`: all arrays of one configuration, every measure and column of its row
/// as a scalar dataset, its axis values as attributes. What does not apply is NaN.
/// @param hessian_eigenvalues n, or empty where not asked for
/// @throws Error where FILE exists and is not to be overwritten, or cannot be written
void write_experiment_file(const std::filesystem::path& file, const experiment::Experiment& experiment,
                           VectorView hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing = Existing::refuse);

}  // namespace flatsweep::record
