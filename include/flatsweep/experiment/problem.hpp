#pragma once

#include <memory>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/sample/sample.hpp"

namespace flatsweep::experiment {

/// Inner weights, and what follows from them and the features alone.
struct HiddenLayer {
  Matrix inner_weights;            ///< W, m x d
  Matrix activations{};            ///< S = sigma(X W'), n x m
  measure::Curvature curvature{};  ///< A and B, m each
  Vector trace_weights{};          ///< m
};

/// Compute S, the curvature and the trace weights.
/// @param features X, n x d
/// @param inner_weights W, m x d
HiddenLayer make_hidden_layer(const model::Activation& activation, const Matrix& features, Matrix inner_weights);

/// One configuration, sampled: what an interpolator starts from.
struct Problem {
  job::Configuration configuration;
  job::Settings settings;
  sample::Teacher teacher;                     ///< f
  Matrix features;                             ///< X, n x d
  Vector labels{};                             ///< y, n
  std::shared_ptr<const HiddenLayer> start{};  ///< with the inner weights as sampled
  Vector kappa{};                              ///< weights of the program at the start, m
};

/// Return kappa, the weights of the program at these inner weights; m.
Vector program_weights(model::Objective objective, const HiddenLayer& layer);

/// Sample the problem of a configuration.
Problem sample_problem(const job::Configuration& configuration, const job::Settings& settings);

}  // namespace flatsweep::experiment
