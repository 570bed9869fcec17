#include "flatsweep/experiment/problem.hpp"

#include <tuple>
#include <utility>

namespace flatsweep::experiment {

HiddenLayer make_hidden_layer(const model::Activation& activation, const Matrix& features, Matrix inner_weights) {
  HiddenLayer layer{.inner_weights = std::move(inner_weights)};
  layer.activations.noalias() = features * layer.inner_weights.transpose();
  activation.apply(layer.activations);
  layer.curvature = measure::curvature(activation, layer.activations, features);
  layer.trace_weights = measure::trace_weights(activation, layer.curvature);
  return layer;
}

Vector program_weights(model::Objective objective, const HiddenLayer& layer) {
  return objective == model::Objective::trace ? layer.trace_weights : Vector::Ones(layer.inner_weights.rows());
}

Problem sample_problem(const job::Configuration& configuration, const job::Settings& settings) {
  const auto& [d, samples, seed] = std::tie(configuration.d, configuration.samples, configuration.seed);
  Problem problem{
      .configuration = configuration,
      .settings = settings,
      .teacher = sample::sample_teacher(seed, d, configuration.indices, configuration.link, configuration.activation,
                                        configuration.coefficients, configuration.offset),
      .features = sample::sample_features(seed, d, samples)};
  problem.labels = problem.teacher.evaluate(problem.features);
  if (configuration.noise > 0.0) problem.labels += configuration.noise * sample::sample_noise(seed, samples);
  problem.start = std::make_shared<const HiddenLayer>(make_hidden_layer(
      configuration.activation, problem.features,
      sample::sample_inner_weights(seed, problem.teacher.index_directions, configuration.width, configuration.gamma)));
  problem.kappa = program_weights(configuration.objective, *problem.start);
  return problem;
}

}  // namespace flatsweep::experiment
