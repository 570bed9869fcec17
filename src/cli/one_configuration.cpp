#include "cli/one_configuration.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/solve_files.hpp"

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
  return {configuration, job};
}

OneConfiguration configuration_of_id(const std::string& file, const Options& options) {
  const job::Job job = job::read_job(file, job_overrides(options));
  const std::uint64_t row = *options.whole_number("id", 0, job.grid.size() - 1);
  return {job.grid[ConfigurationId{row}], job};
}

}  // namespace

OptionGroup axis_options() {
  OptionGroup axes{"The configuration by its axis values, instead of --id", {}};
  job::for_each_axis([&](const auto& axis) { axes.options.push_back({std::string(axis.name), "VALUE", ""}); });
  return axes;
}

OneConfiguration read_one_configuration(const std::string& file, const Options& options) {
  const std::vector<job::Override> values = axis_values(options);
  if (!options.has("id")) return configuration_at(values, file, options);
  if (!values.empty())
    throw Error("given besides --" + values.front().first.substr(grid_prefix.size()),
                "each of them picks the configuration", "Leave one of them out.")
        .at("--id");
  return configuration_of_id(file, options);
}

std::string headline(const job::Configuration& configuration) {
  const std::string place = configuration.id == record::off_the_grid
                                ? "a point off the grid of the job"
                                : fmt::format("configuration {}", value(configuration.id));
  return fmt::format("{}: {}; n = {}, m = {}", place, job::describe(configuration), configuration.samples,
                     configuration.width);
}

}  // namespace flatsweep::cli
