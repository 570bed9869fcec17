#pragma once

#include <memory>
#include <optional>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/measure/flatness.hpp"
#include "flatsweep/measure/spectrum.hpp"
#include "flatsweep/sample/sample.hpp"

namespace flatsweep::experiment {

/// Inner weights, and what follows from them and the features alone.
struct HiddenLayer {
  Matrix inner_weights;                                            ///< W, m x d
  Matrix activations{};                                            ///< S = sigma(X W'), n x m
  measure::Curvature curvature{};                                  ///< A and B, m each
  Vector trace_weights{};                                          ///< kappa of the objective `trace`, m
  mutable std::optional<measure::SingularRange> singular_range{};  ///< of S, once it was asked for
  mutable std::optional<double> overlap{};                         ///< of W, once it was asked for
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

/// Whether the features and inner weights of two configurations are the same, if their index directions are.
bool have_same_samples(const job::Configuration& a, const job::Configuration& b);

/// Sample the problem of a configuration. Features and start are those of `neighbour` if that has the same: the bits do
/// not depend on it.
Problem sample_problem(const job::Configuration& configuration, const job::Settings& settings,
                       const Problem* neighbour = nullptr);

}  // namespace flatsweep::experiment
