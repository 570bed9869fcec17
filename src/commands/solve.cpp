#include <cmath>
#include <iostream>
#include <new>
#include <string_view>

#include "commands/commands.hpp"
#include "commands/solve_request.hpp"
#include "commands/threads.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/experiment_file.hpp"
#include "flatsweep/record/file_kind.hpp"
#include "flatsweep/record/new_file.hpp"
#include "flatsweep/record/program_file.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::cli {
namespace {

/// Before minutes of work, not after them.
void require_writable(const SolveRequest& request) {
  record::require_place(request.output);
  record::require_absent(request.output, request.existing);
  record::require_own(request.output);
}

/// Nothing where there is no number, as where no interpolator exists.
void print_number(std::string_view name, double number) {
  if (!std::isnan(number)) std::cout << "  " << name << " = " << number << '\n';
}

void print_solution(const solve::Solution& solution, double seconds) {
  std::cout << name(solution.status) << " in " << solution.iterations() << " steps and " << seconds
            << " s, rank " << solution.rank << '\n';
  print_number("objective", solution.certificate.objective);
  print_number("residual", solution.certificate.residual);
  print_number("gap", solution.certificate.gap);
}

std::string name_of(ConfigurationId id) {
  if (id == record::off_the_grid) return "a point off the grid of the job";
  return "configuration " + std::to_string(value(id));
}

void print_configuration(const job::Configuration& configuration) {
  std::cout << name_of(configuration.id) << ": " << describe(configuration)
            << "; n = " << configuration.samples << ", m = " << configuration.width << '\n';
}

void print_measures(const experiment::Measures& measures) {
  for (const char* name : {"flatness", "population_loss", "population_loss_mc", "outer_norm"})
    print_number(name, measures[name]);
}

void solve_configuration(const SolveRequest& request) {
  const job::Configuration& configuration = request.one->configuration;
  print_configuration(configuration);
  const experiment::Experiment result = experiment::compute_experiment(configuration, request.one->settings);
  const Vector eigenvalues = request.eigenvalues ? hessian_eigenvalues(result) : Vector();
  write_experiment_file(request.output, result, eigenvalues, configuration, request.one->settings,
                        request.existing);
  print_solution(result.network.solution, result.outcome.solve_seconds);
  print_measures(result.outcome.measures);
}

void solve_program(const SolveRequest& request) try {
  const record::ProgramData data = record::read_program(request.program);
  const Stopwatch watch;
  const solve::Solution solution =
      solve::flattest_interpolator({data.activations, data.labels, data.kappa, data.q});
  const double seconds = watch.seconds();
  write_program_solution(request.output, solution, request.existing);
  print_solution(solution, seconds);
} catch (const std::bad_alloc&) {
  throw Error("the memory is used up by the program of " + request.program.string(),
              "a solver needs up to 3.5 times the memory of its S",
              "Use a node with more memory, or lift its limit.");
}

}  // namespace

int solve(const Arguments& arguments) {
  const auto request = read_solve_request(arguments);
  if (!request) return everything_done;
  require_writable(*request);
  use_threads(request->threads);
  if (request->one)
    solve_configuration(*request);
  else
    solve_program(*request);
  std::cout << "written to " << request->output.string() << '\n';
  return everything_done;
}

}  // namespace flatsweep::cli
