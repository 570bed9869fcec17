#include "commands/solve_request.hpp"

#include "cli_options.hpp"
#include "commands/distinct_files.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/experiment_file.hpp"

namespace flatsweep::cli {
namespace {

constexpr std::string_view grid_prefix = "grid.";

/// The axes by the names of their options: `gamma` for the key `grid.gamma`.
std::vector<std::string> axis_options() {
  std::vector<std::string> names;
  for (const job::KeyDescription& key : job::job_keys())
    if (key.key.starts_with(grid_prefix)) names.push_back(key.key.substr(grid_prefix.size()));
  return names;
}

CommandLine solve_command_line() {
  po::options_description options("Options", 100);
  options.add_options()("output,o", po::value<std::string>()->value_name("FILE"), "file of all arrays")(
      "overwrite", "replace FILE")("id", po::value<std::string>()->value_name("N"),
                                   "the configuration's row in the results")(
      "program", po::value<std::string>()->value_name("IN"),
      "a program of your own instead of JOB: S (n x m), y (n), optional kappa (m), attribute q")(
      "hessian-eigenvalues", "all n of them in FILE; costs O(n^3)")(
      "threads", po::value<std::string>()->value_name("T"), "threads of linear algebra (1)")("help,h",
                                                                                             "this page");
  po::options_description axes("The configuration by its axis values, instead of --id");
  for (const std::string& axis : axis_options())
    axes.add_options()(axis.c_str(), po::value<std::string>()->value_name("VALUE"), "");
  options.add(axes).add(job_options());
  return {
      "flatsweep solve JOB --id N -o FILE [OPTIONS]",
      "Samples, solves and measures one configuration and writes every array of it.\n"
      "Also: flatsweep solve JOB --gamma 0.3 --seed 1 -o FILE, with a value for every axis that has several,\n"
      "and flatsweep solve --program IN -o OUT. An infeasible configuration is a result: exit code 0.",
      options,
      {"JOB"},
      0,
      {"output"}};
}

/// The axis values given, each as the whole of its axis.
std::vector<job::Override> axis_values(const po::variables_map& options) {
  std::vector<job::Override> values;
  for (const std::string& axis : axis_options())
    if (const auto value = text(options, axis)) values.emplace_back(std::string(grid_prefix) + axis, *value);
  return values;
}

/// Overrides of the job, those of the same keys replaced by `values`.
std::vector<job::Override> replaced(std::vector<job::Override> overrides,
                                    const std::vector<job::Override>& values) {
  for (const job::Override& value : values) {
    std::erase_if(overrides, [&](const job::Override& other) { return other.first == value.first; });
    overrides.push_back(value);
  }
  return overrides;
}

void require_one_value_an_axis(const job::Grid& grid) {
  for (const job::Axis& axis : grid.axes())
    if (axis.size() > 1)
      throw Error("the axis has " + std::to_string(axis.size()) + " values", "one configuration is solved",
                  "Write --" + axis.name + " VALUE, or --id N for a row of the grid.")
          .at("--" + axis.name);
}

/// The configuration of these axis values, with its id in the job's grid.
OneConfiguration configuration_at(const std::vector<job::Override>& values, const std::string& file,
                                  const po::variables_map& options) {
  const job::Job job = job::read_job(file, job_overrides(options));
  const job::Job point = job::read_job(file, replaced(job_overrides(options), values));
  require_one_value_an_axis(point.grid);
  job::Configuration configuration = point.grid[ConfigurationId{0}];
  configuration.id = job::GridMap(point.grid, job.grid)(configuration.id).value_or(record::off_the_grid);
  return {configuration, job.settings};
}

OneConfiguration configuration_of_id(const std::string& file, const po::variables_map& options) {
  const job::Job job = job::read_job(file, job_overrides(options));
  const auto last = static_cast<std::int64_t>(job.grid.size() - 1);
  const auto row = static_cast<std::uint64_t>(*whole_number(options, "id", 0, last));
  return {job.grid[ConfigurationId{row}], job.settings};
}

OneConfiguration one_configuration(const std::string& file, const po::variables_map& options) {
  const std::vector<job::Override> values = axis_values(options);
  if (!has(options, "id")) return configuration_at(values, file, options);
  if (!values.empty())
    throw Error("given besides --" + values.front().first.substr(grid_prefix.size()),
                "each of them picks the configuration", "Leave one of them out.")
        .at("--id");
  return configuration_of_id(file, options);
}

}  // namespace

std::optional<SolveRequest> read_solve_request(const Arguments& arguments) {
  const CommandLine line = solve_command_line();
  const auto options = parse(line, arguments);
  if (!options) return std::nullopt;
  SolveRequest request;
  request.output = *text(*options, "output");
  request.existing = existing(*options);
  request.eigenvalues = has(*options, "hessian-eigenvalues");
  request.threads = static_cast<int>(whole_number(*options, "threads", 1, 1024).value_or(1));
  const auto job_file = text(*options, "JOB");
  const auto program = text(*options, "program");
  if (job_file.has_value() == program.has_value())
    throw Error(program ? "both JOB and --program are given" : "JOB is missing",
                "flatsweep solve takes one of them",
                "Write " + line.usage + ", or flatsweep solve --program IN -o OUT.");
  require_distinct(request.output, program ? *program : *job_file);
  if (program)
    request.program = *program;
  else
    request.one = one_configuration(*job_file, *options);
  return request;
}

}  // namespace flatsweep::cli
