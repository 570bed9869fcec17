#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/sample/teacher.hpp"
#include "flatsweep/solve/program.hpp"

namespace flatsweep::experiment {

/// All arrays of one configuration.
struct Experiment {
  sample::Teacher teacher;         ///< f
  Matrix features{};               ///< X, n x d
  Vector labels{};                 ///< y, n
  Matrix inner_weights{};          ///< W, m x d
  Matrix activations{};            ///< S, n x m
  measure::Curvature curvature{};  ///< A and B, m each
  Vector trace_weights{};          ///< m
  Vector kappa{};                  ///< weights of the program solved, m
  solve::Solution solution{};      ///< a and its certificate
  Outcome outcome{};               ///< the row
};

/// Samples, solves and measures one configuration.
/// @throws Stopped where the request comes first; std::exception where the configuration fails
Experiment perform_experiment(const job::Configuration& configuration, const job::Settings& settings,
                              const StopRequest& stop = {});

/// The same, reduced to its row; an exception becomes status `failed` with its message.
/// @throws Stopped where the request comes first
Outcome run_experiment(const job::Configuration& configuration, const job::Settings& settings,
                       const StopRequest& stop = {});

/// All n eigenvalues of the Hessian's Gram matrix at the flattest rescaling, ascending; NaN where there is no
/// interpolator.
Vector hessian_eigenvalues(const Experiment& experiment, const StopRequest& stop = {});

}  // namespace flatsweep::experiment
