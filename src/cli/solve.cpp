#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iostream>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/one_configuration.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::cli {
namespace {

/// Check before minutes of work, not after them, that the output can be written.
/// @throws Error if it cannot
void require_writable(const SolveRequest& request) {
  record::require_place(request.output);
  record::require_no_results(request.output);
  record::require_absent(request.output, request.existing);
  record::require_own(request.output);
  record::require_creatable(request.output);
}

/// Print a number with its name; nothing if it is NaN, e.g. because no interpolator exists.
void print_number(std::string_view name, double number) {
  if (!std::isnan(number)) std::cout << fmt::format("  {} = {:g}\n", name, number);
}

/// Whether no number of a solution overflowed, or lost digits because it is too close to 0.
bool fits_doubles(const solve::Solution& solution) {
  const auto fits = [](double number) { return number == 0.0 || std::isnormal(number); };
  return std::isnormal(solution.certificate.objective) && std::ranges::all_of(solution.outer_weights, fits) &&
         std::ranges::all_of(solution.dual, fits) && !solution.dual.isZero(0.0);
}

/// Return the least penalty whose share of the penalised loss stands out from |S a - y|^2 as rounding leaves it, by the
/// gap that a solution may have.
double least_penalty(const record::ProgramData& data, const solve::Solution& solution) {
  constexpr double gap = 1e-9;
  const Vector sizes = data.labels.cwiseAbs() + data.activations.cwiseAbs() * solution.outer_weights.cwiseAbs();
  const double rounding = std::numeric_limits<double>::epsilon() * sizes.norm();
  return rounding * rounding / (static_cast<double>(sizes.size()) * gap * solution.certificate.objective);
}

void print_solution(const solve::Solution& solution, double seconds) {
  std::cout << fmt::format("{} in {} steps and {:g} s, rank {}\n", name(solution.status), solution.iterations(),
                           seconds, solution.rank);
  print_number("objective", solution.certificate.objective);
  print_number("residual", solution.certificate.residual);
  print_number("row residual", solution.certificate.row_residual);
  print_number("gap", solution.certificate.gap);
  if (solution.status == Status::inaccurate && !fits_doubles(solution))
    std::cout << "  some of its numbers are too large or too small for doubles: choose other units of S, y or kappa\n";
}

/// Print what training did, and why it is short of an interpolator if it is.
void print_training(const experiment::Network& network, const std::string& message, double seconds) {
  const train::Trained& training = *network.training;
  std::cout << fmt::format("{} in {} steps, {} of the finish and {:g} s\n", name(training.status), training.steps,
                           training.finish_steps, seconds);
  if (!message.empty()) std::cout << fmt::format("  {}\n", message);
  print_number("residual", network.solution.certificate.residual);
}

void print_measures(const experiment::Measures& measures) {
  for (const char* name : {"flatness", "population_loss", "population_loss_mc", "outer_norm"})
    print_number(name, measures[name]);
}

void solve_configuration(const SolveRequest& request) {
  const job::Configuration& configuration = request.one->configuration;
  std::cout << headline(configuration) << '\n';
  const experiment::Experiment result = experiment::compute_experiment(configuration, request.one->job.settings);
  const Vector eigenvalues = request.eigenvalues ? hessian_eigenvalues(result) : Vector();
  write_experiment_file(request.output, result, eigenvalues, configuration, request.one->job.settings,
                        request.existing);
  if (result.network.training)
    print_training(result.network, result.outcome.message, result.outcome.solve_seconds);
  else
    print_solution(result.network.solution, result.outcome.solve_seconds);
  print_measures(result.outcome.measures);
}

void solve_program(const SolveRequest& request) try {
  const record::ProgramData data = record::read_program(request.program);
  std::cout << fmt::format("S is {} x {} (n x m)\n", data.activations.rows(), data.activations.cols());
  const Stopwatch watch;
  const solve::Solution solution =
      solve::flattest_interpolator_of_any_scale({data.activations, data.labels, data.kappa, data.q, data.penalty});
  const double seconds = watch.seconds();
  write_program_solution(request.output, solution, request.existing);
  print_solution(solution, seconds);
  const double least = data.penalty > 0.0 ? least_penalty(data, solution) : 0.0;
  if (solution.status == Status::inaccurate && data.penalty < least)
    std::cout << fmt::format("  the penalty is lost in the rounding of S a: choose {:.0e} or more, or 0\n", least);
} catch (const std::bad_alloc&) {
  throw Error(fmt::format("the memory is used up by the program of {}", request.program.string()),
              "a solver needs up to 5 times the memory of its S, and 25 vectors as long as kappa",
              "Use a node with more memory, or lift its limit.");
}

}  // namespace

SolveRequest read_solve_request(const Options& options) {
  const auto job_file = options.text("JOB");
  const auto program = options.text("program");
  if (job_file.has_value() == program.has_value())
    throw Error(program ? "both JOB and --program are given" : "JOB is missing", "flatsweep solve takes one of them",
                fmt::format("Write {}, or flatsweep solve --program IN -o OUT.", solve_command().usage()));
  SolveRequest request;
  request.output = options.required("output");
  request.existing = existing(options);
  request.eigenvalues = options.has("hessian-eigenvalues");
  require_distinct(request.output, program ? *program : *job_file);
  if (program)
    request.program = *program;
  else
    request.one = read_one_configuration(*job_file, options);
  return request;
}

namespace {

ExitCode solve(const Options& options) {
  const SolveRequest request = read_solve_request(options);
  require_writable(request);
  set_thread_count(thread_count(options));
  if (request.one)
    solve_configuration(request);
  else
    solve_program(request);
  std::cout << fmt::format("written to {}\n", request.output.string());
  if (!record::RunLock::is_held(request.output))
    std::cerr << fmt::format("flatsweep: its file system has no locks: let no other command write to {} meanwhile\n",
                             request.output.string());
  return ExitCode::done;
}

}  // namespace

Command solve_command() {
  return {
      .name = "solve",
      .brief = "solve one configuration, or a program of your own, and keep every array",
      .synopsis = "JOB --id N -o FILE [OPTIONS]",
      .summary =
          "Samples, solves and measures one configuration and writes every array of it.\n"
          "Also: flatsweep solve JOB --gamma 0.3 --seed 1 -o FILE, with a value for every axis that has several,\n"
          "and flatsweep solve --program IN -o OUT. An infeasible configuration is a result: exit code 0.",
      .operands = {"JOB"},
      .required = {"output"},
      .options =
          {{"output,o", "FILE", "file of all arrays"},
           {"overwrite", "", "replace FILE"},
           {"id", "N", "the configuration's row in the results"},
           {"program", "IN",
            "a program of your own instead of JOB: S (n x m), y (n), optional kappa (m), attribute q. If n != m, an S "
            "stored as m x n (Julia, h5create) is known by y; a square S cannot be told from its transpose: "
            "store it by rows"},
           {"hessian-eigenvalues", "", "all n of them in FILE; costs O(n^3)"},
           {"threads", "T", "threads of linear algebra (1)"}},
      .groups = {axis_options(), job_options()},
      .execute = solve,
  };
}

}  // namespace flatsweep::cli
