#include "experiment/interpolators.hpp"

#include <array>
#include <utility>

#include "experiment/training.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/sample.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::experiment {
namespace {

solve::Program program_of(const Problem& problem) {
  return {problem.start->activations, problem.labels, problem.kappa, problem.configuration.activation.exponent(),
          problem.configuration.penalty};
}

/// Return the network at the sampled inner weights.
Network network_of(const Problem& problem, solve::Solution solution) {
  return {problem.start, std::move(solution), problem.kappa};
}

Network flattest(const Problem& problem, const StopRequest& stop) {
  return network_of(problem, solve::flattest_interpolator(program_of(problem), stop));
}

Network minimum_l2(const Problem& problem, const StopRequest& stop) {
  return network_of(problem, solve::minimum_l2_interpolator(program_of(problem), stop));
}

Network random(const Problem& problem, const StopRequest& stop) {
  const job::Configuration& configuration = problem.configuration;
  const Vector draw = sample::sample_null_space_draw(configuration.seed, configuration.width);
  return network_of(problem, solve::random_interpolator(program_of(problem), draw, stop));
}

Network flattest_network(const Problem& problem, const StopRequest& stop) {
  const bool has_one_start = problem.configuration.interpolator.start_scale().has_value();
  return train_network(problem, has_one_start ? train::flattest_network : train::best_flattest_network, stop);
}

template <TrainingAlgorithm algorithm>
Network trained(const Problem& problem, const StopRequest& stop) {
  return train_network(problem, algorithm, stop);
}

/// Flops of a program with its rank decision and certificate, and of what is always measured: factors of n^3
/// (factorisations), n^2 m (products S D S') and n m (products with vectors, powers).
struct ProgramFlops {
  double cube, product, pass;

  [[nodiscard]] double operator()(const job::Configuration& configuration) const {
    const auto n = static_cast<double>(configuration.samples);
    const auto m = static_cast<double>(configuration.width);
    return cube * n * n * n + product * n * n * m + pass * n * m;
  }
};

// Fitted to configurations with n from 200 to 1000 and m/n from 1.2 to 4, within some 25 %.
constexpr ProgramFlops least_norm_program = {0.7, 3.5, 3400.0};
constexpr ProgramFlops linear_program = {13.0, 6.7, 2900.0};  // q = 1
constexpr ProgramFlops smooth_program = {5.0, 1.2, 7900.0};   // q > 1

double flattest_flops(const job::Configuration& configuration, const job::Settings& /*settings*/) {
  return configuration.activation.degree() == 1 ? linear_program(configuration) : smooth_program(configuration);
}

double least_norm_flops(const job::Configuration& configuration, const job::Settings& /*settings*/) {
  return least_norm_program(configuration);
}

double program_numbers(const job::Configuration& configuration) {
  const auto n = static_cast<double>(configuration.samples);
  return 2.0 * n * static_cast<double>(configuration.width) + 3.0 * n * n;
}

/// Those of training and of the program at the trained directions.
template <double (*training_flops)(const job::Configuration&, const job::Settings&)>
double trained_flops(const job::Configuration& configuration, const job::Settings& settings) {
  return training_flops(configuration, settings) + flattest_flops(configuration, settings);
}

/// To add an interpolator, add its row here and its name in model/interpolator.cpp, at the same place.
constexpr auto interpolators = std::to_array<InterpolatorRow>({
    {"flattest", flattest, flattest_flops, program_numbers},
    {"minimum_l2", minimum_l2, least_norm_flops, program_numbers},
    {"random", random, least_norm_flops, program_numbers},
    {"gradient_flow", trained<train::gradient_flow>, trained_flops<gradient_flow_flops>, training_numbers, false},
    {"flattest_network", flattest_network, trained_flops<flattest_network_flops>, training_numbers, false},
    {"label_noise", trained<train::label_noise>, trained_flops<label_noise_flops>, training_numbers, false},
    {"sam", trained<train::sam>, trained_flops<sam_flops>, training_numbers, false},
    {"weight_decay", trained<train::weight_decay>, trained_flops<weight_decay_flops>, training_numbers, false},
    {"fixed_decay", trained<train::fixed_decay>, fixed_decay_flops, training_numbers, false},
});

}  // namespace

std::span<const InterpolatorRow> interpolator_table() { return interpolators; }

const InterpolatorRow& interpolator_of(const job::Configuration& configuration) {
  const std::size_t kind = configuration.interpolator.kind();
  ensures(kind < interpolators.size());
  return interpolators[kind];
}

}  // namespace flatsweep::experiment
