#include <fmt/core.h>

#include <cmath>
#include <cstdint>
#include <iostream>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

namespace flatsweep::cli {
namespace {

const std::string grid_prefix = "grid.";

/// Return the axis values that are given, each as an override of the whole axis.
std::vector<job::Override> axis_values(const Options& options) {
  std::vector<job::Override> values;
  job::for_each_axis([&](const auto& axis) {
    const std::string name(axis.name);
    if (const auto value = options.text(name)) values.emplace_back(grid_prefix + name, *value);
  });
  return values;
}

/// Return `overrides` with those of the same keys replaced by `values`.
std::vector<job::Override> replaced(std::vector<job::Override> overrides, const std::vector<job::Override>& values) {
  for (const job::Override& value : values) {
    std::erase_if(overrides, [&](const job::Override& other) { return other.first == value.first; });
    overrides.push_back(value);
  }
  return overrides;
}

void require_one_value_an_axis(const job::Grid& grid) {
  job::for_each_axis([&](const auto& axis) {
    const std::size_t size = (grid.values().*axis.values).size();
    if (size > 1)
      throw Error(fmt::format("the axis has {} values", size), "one configuration is solved",
                  fmt::format("Write --{} VALUE, or --id N for a row of the grid.", axis.name))
          .at(fmt::format("--{}", axis.name));
  });
}

/// Return the configuration of these axis values, with its id in the job's grid.
OneConfiguration configuration_at(const std::vector<job::Override>& values, const std::string& file,
                                  const Options& options) {
  const job::Job job = job::read_job(file, job_overrides(options));
  const job::Job point = job::read_job(file, replaced(job_overrides(options), values));
  require_one_value_an_axis(point.grid);
  job::Configuration configuration = point.grid[ConfigurationId{0}];
  configuration.id = job::GridMap(point.grid, job.grid)(configuration.id).value_or(record::off_the_grid);
  return {configuration, job.settings};
}

OneConfiguration configuration_of_id(const std::string& file, const Options& options) {
  const job::Job job = job::read_job(file, job_overrides(options));
  const std::uint64_t row = *options.whole_number("id", 0, job.grid.size() - 1);
  return {job.grid[ConfigurationId{row}], job.settings};
}

OneConfiguration one_configuration(const std::string& file, const Options& options) {
  const std::vector<job::Override> values = axis_values(options);
  if (!options.has("id")) return configuration_at(values, file, options);
  if (!values.empty())
    throw Error("given besides --" + values.front().first.substr(grid_prefix.size()),
                "each of them picks the configuration", "Leave one of them out.")
        .at("--id");
  return configuration_of_id(file, options);
}

/// Check before minutes of work, not after them, that the output can be written.
/// @throws Error if it cannot
void require_writable(const SolveRequest& request) {
  record::require_place(request.output);
  record::require_no_results(request.output);
  record::require_absent(request.output, request.existing);
  record::require_own(request.output);
}

/// Print a number with its name; nothing if it is NaN, e.g. because no interpolator exists.
void print_number(std::string_view name, double number) {
  if (!std::isnan(number)) std::cout << fmt::format("  {} = {:g}\n", name, number);
}

void print_solution(const solve::Solution& solution, double seconds) {
  std::cout << fmt::format("{} in {} steps and {:g} s, rank {}\n", name(solution.status), solution.iterations(),
                           seconds, solution.rank);
  print_number("objective", solution.certificate.objective);
  print_number("residual", solution.certificate.residual);
  print_number("row residual", solution.certificate.row_residual);
  print_number("gap", solution.certificate.gap);
}

/// Print what training did, and why it is short of an interpolator if it is.
void print_training(const experiment::Network& network, const std::string& message, double seconds) {
  const train::Trained& training = *network.training;
  std::cout << fmt::format("{} in {} steps, {} of the finish and {:g} s\n", name(training.status), training.steps,
                           training.finish_steps, seconds);
  if (!message.empty()) std::cout << fmt::format("  {}\n", message);
  print_number("residual", network.solution.certificate.residual);
}

void print_configuration(const job::Configuration& configuration) {
  const std::string place = configuration.id == record::off_the_grid
                                ? "a point off the grid of the job"
                                : fmt::format("configuration {}", value(configuration.id));
  std::cout << fmt::format("{}: {}; n = {}, m = {}\n", place, job::describe(configuration), configuration.samples,
                           configuration.width);
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
  write_experiment_file(request.output, result, eigenvalues, configuration, request.one->settings, request.existing);
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
      solve::flattest_interpolator_of_any_scale({data.activations, data.labels, data.kappa, data.q});
  const double seconds = watch.seconds();
  write_program_solution(request.output, solution, request.existing);
  print_solution(solution, seconds);
} catch (const std::bad_alloc&) {
  throw Error(fmt::format("the memory is used up by the program of {}", request.program.string()),
              "a solver needs up to 3.5 times the memory of its S", "Use a node with more memory, or lift its limit.");
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
    request.one = one_configuration(*job_file, options);
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
  return ExitCode::done;
}

}  // namespace

Command solve_command() {
  OptionGroup axes{"The configuration by its axis values, instead of --id", {}};
  job::for_each_axis([&](const auto& axis) { axes.options.push_back({std::string(axis.name), "VALUE", ""}); });
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
      .groups = {axes, job_options()},
      .execute = solve,
  };
}

}  // namespace flatsweep::cli
