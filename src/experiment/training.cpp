#include "experiment/training.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "experiment/sizes.hpp"

namespace flatsweep::experiment {
namespace {

/// The folded network as a point of the program at its own directions.
solve::Solution solution_of(const Problem& problem, const train::Trained& trained, const HiddenLayer& layer,
                            const Vector& kappa, Vector outer_weights) {
  solve::Solution solution;
  solution.status = trained.status;
  solution.dual = Vector::Constant(problem.labels.size(), not_a_number);
  solution.effort.steps = trained.steps;
  if (!problem.labels.isZero(0.0))
    solution.certificate = solve::certify(
        {layer.activations, problem.labels, kappa, problem.configuration.activation.exponent()}, outer_weights);
  solution.outer_weights = std::move(outer_weights);
  return solution;
}

// Steps that are usual, by the prototype's measurements and train_bench: kinks, and weights that condense, take more.
double flow_steps(double start_scale, int degree) {
  constexpr double near_kernel = 25.0, smooth = 40.0, kinked = 140.0;
  if (start_scale >= 16.0) return near_kernel;
  return degree == 1 ? kinked : smooth;
}

double flatten_steps(double start_scale) {
  constexpr double from_kernel = 40.0, from_small_weights = 15.0;
  return start_scale >= 16.0 ? from_kernel : from_small_weights;
}

/// Of a step of the flow, of the finish or of the descent of the trace: two Gram matrices, a factorisation, products
/// with X, and passes over n x m numbers.
double second_order_flops(const job::Configuration& configuration) {
  constexpr double flops_per_entry = 140.0;
  const auto [n, m, d, r] = sizes(configuration);
  return 2.0 * n * n * m + n * n * n / 3.0 + 6.0 * n * m * d + flops_per_entry * n * m;
}

/// Of steps in single precision: two products at twice the rate, and a pass.
double descent_flops(const job::Configuration& configuration, double steps) {
  constexpr double flops_per_entry = 80.0;
  const auto [n, m, d, r] = sizes(configuration);
  return steps * (2.0 * n * m * d + flops_per_entry * n * m);
}

double flow_flops(const job::Configuration& configuration, double start_scale) {
  return flow_steps(start_scale, configuration.activation.degree()) * second_order_flops(configuration);
}

/// Steps that take as long as one of [train] steps with its share of annealing, of steps without perturbation, and of
/// estimates of the curvature. These take as long as five steps; if noise moves neurons over kinks (p = 1) or few
/// neurons carry the network (small starts), the trace moves so much that every other step has one. By CPU times at n =
/// m = 120.
struct StepsOfLevel {
  double restless, calm;
};

double perturbed_flops(const job::Configuration& configuration, const job::Settings& settings, StepsOfLevel steps) {
  constexpr double finish_steps = 10.0;
  const bool is_calm = configuration.activation.degree() > 1 && configuration.interpolator.start_scale() >= 16.0;
  const double of_level = is_calm ? steps.calm : steps.restless;
  return gradient_flow_flops(configuration, settings) + finish_steps * second_order_flops(configuration) +
         descent_flops(configuration, of_level * static_cast<double>(settings.train_steps));
}

}  // namespace

Network train_network(const Problem& problem, TrainingAlgorithm algorithm, const StopRequest& stop) {
  const job::Configuration& configuration = problem.configuration;
  const model::PiecewisePower& sigma = configuration.activation.power();
  const train::Settings settings{.start_scale = configuration.interpolator.start_scale().value_or(1.0),
                                 .level = problem.settings.train_level,
                                 .steps = static_cast<int>(problem.settings.train_steps),
                                 .decay = configuration.penalty,
                                 .seed = configuration.seed};
  auto trained = std::make_shared<const train::Trained>(algorithm(
      {problem.features, problem.labels, problem.start->inner_weights, problem.teacher.index_directions, sigma},
      settings, stop));
  train::Weights folded = train::fold(trained->weights, sigma);
  auto layer = std::make_shared<const HiddenLayer>(
      make_hidden_layer(configuration.activation, problem.features, std::move(folded.inner)));
  Vector kappa = program_weights(configuration.objective, *layer);
  solve::Solution solution = solution_of(problem, *trained, *layer, kappa, std::move(folded.outer));
  return {std::move(layer), std::move(solution), std::move(kappa), std::move(trained)};
}

double gradient_flow_flops(const job::Configuration& configuration, const job::Settings& /*settings*/) {
  return flow_flops(configuration, configuration.interpolator.start_scale().value_or(1.0));
}

double flattest_network_flops(const job::Configuration& configuration, const job::Settings& /*settings*/) {
  const auto flops = [&](double scale) {
    return flow_flops(configuration, scale) + flatten_steps(scale) * second_order_flops(configuration);
  };
  const auto scale = configuration.interpolator.start_scale();
  return scale ? flops(*scale) : flops(1.0) + flops(4.0) + flops(16.0);
}

double label_noise_flops(const job::Configuration& configuration, const job::Settings& settings) {
  return perturbed_flops(configuration, settings, {.restless = 4.0, .calm = 1.4});
}

double sam_flops(const job::Configuration& configuration, const job::Settings& settings) {
  return perturbed_flops(configuration, settings, {.restless = 5.5, .calm = 1.8});  // sigma twice a step
}

double weight_decay_flops(const job::Configuration& configuration, const job::Settings& settings) {
  return perturbed_flops(configuration, settings, {.restless = 1.4, .calm = 1.4});
}

double fixed_decay_flops(const job::Configuration& configuration, const job::Settings& settings) {
  constexpr double steps_of_level = 1.1;  // with estimates of the curvature
  return descent_flops(configuration, steps_of_level * static_cast<double>(settings.train_steps));
}

double training_numbers(const job::Configuration& configuration) {
  constexpr double panel = 256.0, copies_of_weights = 12.0;
  const auto [n, m, d, r] = sizes(configuration);
  const double linearisation = 2.0 * n * m + 3.0 * n * n + panel * n + copies_of_weights * m * d;
  const double program = 3.0 * n * m + 3.0 * n * n;  // its own S included
  return std::max(linearisation, program);
}

}  // namespace flatsweep::experiment
