#include "flatsweep/experiment/problem.hpp"

#include <algorithm>
#include <array>
#include <string_view>
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

bool have_same_samples(const job::Configuration& a, const job::Configuration& b) {
  // On these axes neither features nor inner weights depend, but by the index directions.
  constexpr auto others = std::to_array<std::string_view>(
      {"link", "interpolator", "noise", "coefficients", "objective", "offset", "penalty"});
  const auto agree = [&](const auto& axis) {
    return std::ranges::find(others, axis.name) != others.end() || a.*axis.value == b.*axis.value;
  };
  return a.samples == b.samples && a.width == b.width &&
         std::apply([&](const auto&... axis) { return (agree(axis) && ...); }, job::axis_rows);
}

Problem sample_problem(const job::Configuration& configuration, const job::Settings& settings,
                       const Problem* neighbour) {
  const auto& [d, samples, seed] = std::tie(configuration.d, configuration.samples, configuration.seed);
  Problem problem{
      .configuration = configuration,
      .settings = settings,
      .teacher = sample::sample_teacher(seed, d, configuration.indices, configuration.link, configuration.activation,
                                        configuration.coefficients, configuration.offset),
      .features = {}};
  const bool is_shared = neighbour != nullptr && have_same_samples(configuration, neighbour->configuration) &&
                         problem.teacher.index_directions == neighbour->teacher.index_directions;
  problem.features = is_shared ? neighbour->features : sample::sample_features(seed, d, samples);
  problem.labels = problem.teacher.evaluate(problem.features);
  if (configuration.noise > 0.0) problem.labels += configuration.noise * sample::sample_noise(seed, samples);
  if (is_shared) {
    problem.start = neighbour->start;
  } else {
    problem.start = std::make_shared<const HiddenLayer>(
        make_hidden_layer(configuration.activation, problem.features,
                          sample::sample_inner_weights(seed, problem.teacher.index_directions, configuration.width,
                                                       configuration.gamma)));
  }
  problem.kappa = program_weights(configuration.objective, *problem.start);
  return problem;
}

}  // namespace flatsweep::experiment
