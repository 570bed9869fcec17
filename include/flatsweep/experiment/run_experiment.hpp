#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/configuration.hpp"
#include "flatsweep/job/settings.hpp"
#include "flatsweep/sample/teacher.hpp"
#include "flatsweep/solve/solution.hpp"

namespace flatsweep::experiment {

/// All arrays of one configuration, for the file of `flatsweep solve` (sweep.md section 5).
struct Experiment {
  sample::Teacher teacher;
  Matrix features;       // n x d
  Vector labels;         // n
  Matrix inner_weights;  // m x d
  Vector kappa;          // m, weights of the program solved
  Vector trace_weights;  // m
  solve::Solution solution;
  Vector hessian_eigenvalues;  // n where asked for, else NaN
  Outcome outcome;
};

/// Samples, solves and measures one configuration.
/// @throws Stopped where the request comes first; std::exception where the configuration fails
Experiment perform_experiment(const job::Configuration& configuration, const job::Settings& settings,
                              const StopRequest& stop = {});

/// The same, reduced to its row; an exception becomes status `failed` with its message.
/// @throws Stopped where the request comes first
Outcome run_experiment(const job::Configuration& configuration, const job::Settings& settings,
                       const StopRequest& stop = {});

}  // namespace flatsweep::experiment
