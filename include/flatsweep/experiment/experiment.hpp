#pragma once

#include <optional>
#include <string>
#include <utility>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/experiment/state.hpp"

namespace flatsweep::experiment {

/// All arrays of one configuration, and its row.
struct Experiment {
  Problem problem;  ///< as sampled
  Network network;  ///< as the configuration's interpolator made it
  Outcome outcome;  ///< the row
};

/// Sample, solve and measure one configuration, and keep all its arrays.
/// @throws Stopped if the request comes first; std::exception if the configuration fails
Experiment compute_experiment(const job::Configuration& configuration, const job::Settings& settings,
                              const StopRequest& stop = {});

/// Compute the row of one configuration; an exception becomes status `failed` with its message.
/// @throws Stopped, which is no std::exception, if the request comes first
Outcome compute_outcome(const job::Configuration& configuration, const job::Settings& settings,
                        const StopRequest& stop = {});

/// Computes rows one after the other. What follows from features and inner weights alone is that of the row before, if
/// it has the same; no bit of a row depends on what ran before.
class Experimenter {
 public:
  /// @param settings of all rows
  explicit Experimenter(job::Settings settings) : settings_(std::move(settings)) {}

  /// Compute a row, as the function of this name does.
  /// @throws Stopped if the request comes first
  Outcome compute_outcome(const job::Configuration& configuration, const StopRequest& stop = {});

 private:
  job::Settings settings_;
  std::optional<Problem> last_;
};

/// Return all n eigenvalues of the Hessian's Gram matrix at the flattest rescaling, ascending; NaN if there
/// is no interpolator.
Vector hessian_eigenvalues(const Experiment& experiment, const StopRequest& stop = {});

/// Return why the configuration's interpolator must find no solution of S a = y, whatever the seed: the n
/// labels are not in the range of S, whose rank the sizes, a polynomial activation or gamma at an end of
/// [0, 1] keep below n. Return nothing if a solution may exist; the configuration may still be infeasible.
std::optional<std::string> infeasible_by_construction(const job::Configuration& configuration);

/// Return by which value of an axis before its own another configuration of the grid has the same row, bit for bit but
/// for columns of time and place: e.g. `link = matched`, if the activation is even and the link is `mirrored`. Return
/// nothing if the row is the first of its kind.
std::optional<std::string> equal_before(const job::Configuration& configuration, const job::AxisValues& axes);

/// Return the flops that a configuration will take, in flops of matrix products: sampling, interpolator and
/// the measures asked for. Independent of seed and gamma. For forecasts; steers no result.
double counted_flops(const job::Configuration& configuration, const job::Settings& settings);

/// Return the bytes that a rank needs at most for a configuration, its libraries included: the matrices that
/// live at one time in sampling, interpolator and measures. Within some 20 % if matrices rule.
double memory_bytes(const job::Configuration& configuration, const job::Settings& settings);

/// @throws Error if the configuration needs more than its node has
void require_memory(const job::Configuration& configuration, const job::Settings& settings);

}  // namespace flatsweep::experiment
