#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::record {

/// Id of a configuration that is not in the job's grid; -1 in the file.
inline constexpr ConfigurationId off_the_grid{std::numeric_limits<std::uint64_t>::max()};

/// Write the file of `flatsweep solve`: all arrays of one configuration, every measure and other variable of its row as
/// a scalar dataset, its axis values as attributes. What does not apply is NaN. Of a trained network, `inner_weights`
/// (unit rows) and `outer_weights` are the folded ones; `inner_weights_trained`, `outer_weights_trained` and
/// `inner_weights_start` are those of training, and `curve_step`, `curve_loss`, `curve_trace`, `curve_alignment` its
/// way.
/// @param hessian_eigenvalues n numbers, or none if they were not computed
/// @throws Error if FILE exists and `existing` refuses it, FILE holds results of a sweep, or FILE cannot be written
/// @throws FileInUse if a run holds FILE
void write_experiment_file(const std::filesystem::path& file, const experiment::Experiment& experiment,
                           const VectorView& hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing = Existing::refuse);

/// A program of the user's own: minimise sum_j kappa_j |a_j|^q subject to S a = y.
struct ProgramData {
  Matrix activations;  ///< S, n x m
  Vector labels;       ///< y, n
  Vector kappa;        ///< m; ones if the file has none
  double q;            ///< in [1, 2]
  double penalty = 0;  ///< >= 0; 0 if the file has none
};

/// Read the datasets `S` (n x m, row-major), `y` (n) and optionally `kappa` (m), of any real or integer type, and the
/// attributes `q` and optionally `penalty`, from the file's root or from its only group.
/// @throws Error if one is missing, misshaped, not finite or out of range
ProgramData read_program(const std::filesystem::path& file);

/// Write `outer_weights` (m), `dual` (n) and the scalars `objective`, `residual`, `gap`, `status`, `rank` and
/// `iterations`.
/// @throws Error if FILE exists and `existing` refuses it, FILE holds results of a sweep, or FILE cannot be written
/// @throws FileInUse if a run holds FILE
void write_program_solution(const std::filesystem::path& file, const solve::Solution& solution,
                            Existing existing = Existing::refuse);

}  // namespace flatsweep::record
