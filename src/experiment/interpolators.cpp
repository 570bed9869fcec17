#include "experiment/interpolators.hpp"

#include <array>

#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/sample.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::experiment {
namespace {

solve::Program program_of(const Problem& problem) {
  return {problem.start->activations, problem.labels, problem.kappa, problem.configuration.activation.exponent()};
}

Network flattest(const Problem& problem, const StopRequest& stop) {
  return {problem.start, solve::flattest_interpolator(program_of(problem), stop)};
}

Network minimum_l2(const Problem& problem, const StopRequest& stop) {
  return {problem.start, solve::minimum_l2_interpolator(program_of(problem), stop)};
}

Network random(const Problem& problem, const StopRequest& stop) {
  const job::Configuration& configuration = problem.configuration;
  return {problem.start,
          solve::random_interpolator(program_of(problem),
                                     sample::sample_null_space_draw(configuration.seed, configuration.width), stop)};
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

double flattest_flops(const job::Configuration& configuration) {
  return configuration.activation.degree() == 1 ? linear_program(configuration) : smooth_program(configuration);
}

double least_norm_flops(const job::Configuration& configuration) { return least_norm_program(configuration); }

double program_numbers(double n, double m) { return 2.0 * n * m + 3.0 * n * n; }

/// To add an interpolator, add its row here and its name in model/interpolator.cpp, at the same place.
constexpr auto interpolators = std::to_array<InterpolatorRow>({
    {"flattest", flattest, flattest_flops, program_numbers},
    {"minimum_l2", minimum_l2, least_norm_flops, program_numbers},
    {"random", random, least_norm_flops, program_numbers},
});

}  // namespace

std::span<const InterpolatorRow> interpolator_table() { return interpolators; }

const InterpolatorRow& interpolator_of(const job::Configuration& configuration) {
  const std::size_t kind = configuration.interpolator.kind();
  ensures(kind < interpolators.size());
  return interpolators[kind];
}

}  // namespace flatsweep::experiment
