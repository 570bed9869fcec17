#pragma once

#include <span>
#include <string_view>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/state.hpp"

namespace flatsweep::experiment {

/// One way to get a network from a problem, and what it costs beside sampling and measures.
struct InterpolatorRow {
  std::string_view name;  ///< as model::Interpolator has it, without a parameter
  /// Solve or train. @throws Stopped if the request comes first
  Network (*interpolate)(const Problem& problem, const StopRequest& stop);
  /// Counted for forecasts; never steers a result.
  double (*flops)(const job::Configuration& configuration, const job::Settings& settings);
  double (*numbers)(const job::Configuration& configuration);  ///< doubles that it needs at most, beside X, W and S
  /// Whether it stays at the sampled inner weights and demands S a = y, so that
  /// infeasible_by_construction predicts its outcome.
  bool solves_equations = true;
};

/// Return a row an interpolator, in the order of model::Interpolator::names().
std::span<const InterpolatorRow> interpolator_table();

/// Return the row of a configuration's interpolator.
const InterpolatorRow& interpolator_of(const job::Configuration& configuration);

}  // namespace flatsweep::experiment
