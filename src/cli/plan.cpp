#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "sweep/calibration.hpp"

namespace flatsweep::cli {
namespace {

using job::Configuration;

struct Range {
  Index least = std::numeric_limits<Index>::max();
  Index most = 0;

  void add(Index value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

std::string describe(const Range& range) {
  return range.most > range.least ? fmt::format("{} to {}", range.least, range.most) : fmt::format("{}", range.least);
}

/// Sizes, memory and infeasible configurations of a grid.
struct Survey {
  Range d, samples, width;
  double memory_bytes = 0.0;                        // of the largest configuration
  std::map<std::string, std::uint64_t> infeasible;  // configurations by construction, by name and reason
};

/// Describe the configurations that differ in seed, and unless gamma is 0 or 1 in gamma, and are infeasible.
std::string describe_infeasible(const Configuration& configuration, const std::string& why) {
  const bool at_an_end = configuration.gamma == 0.0 || configuration.gamma == 1.0;
  std::vector<std::string_view> left_out = {"seed"};
  if (!at_an_end) left_out.emplace_back("gamma");
  return fmt::format("{}: {}", job::describe(configuration, left_out), why);
}

Survey survey(const job::Job& job) {
  Survey survey;
  const std::uint64_t seeds = job.grid.values().seed.size();
  for (std::uint64_t first = 0; first < job.grid.size(); first += job.grid.combination_size()) {
    const Configuration configuration = job.grid[ConfigurationId{first}];
    survey.d.add(configuration.d);
    survey.samples.add(configuration.samples);
    survey.width.add(configuration.width);
    survey.memory_bytes = std::max(survey.memory_bytes, experiment::memory_bytes(configuration, job.settings));
    for (std::uint64_t row = first; row < first + job.grid.seed_size(); ++row) {
      const Configuration one = job.grid[ConfigurationId{row}];
      if (const auto why = experiment::infeasible_by_construction(one))
        survey.infeasible[describe_infeasible(one, *why)] += seeds;
    }
  }
  return survey;
}

std::string describe_bytes(double bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (bytes /= 1e3; bytes >= 999.5 && unit + 1 < units.size(); bytes /= 1e3) ++unit;
  return fmt::format("{:.3g} {}", bytes, units[unit]);
}

/// Describe a duration with two digits if it is short, since plans are compared.
std::string describe_seconds(double seconds) {
  return seconds >= 100.0 ? schedule::describe_duration(seconds) : fmt::format("{:.2g} s", seconds);
}

void print_infeasible(const Survey& survey) {
  constexpr std::size_t most_lines = 20;
  std::uint64_t count = 0;
  for (const auto& [description, configurations] : survey.infeasible) count += configurations;
  std::cout << fmt::format("infeasible by construction: {} configurations\n", count);
  std::size_t line = 0;
  for (const auto& [description, configurations] : survey.infeasible) {
    if (line++ == most_lines) {
      std::cout << fmt::format("  and {} more kinds\n", survey.infeasible.size() - most_lines);
      return;
    }
    std::cout << fmt::format("  {} x {}\n", configurations, description);
  }
}

void print_forecast(const schedule::Forecast& forecast, const std::vector<int>& ranks) {
  std::cout << fmt::format("time: {} of work, the longest configuration {}\n", describe_seconds(forecast.work_seconds),
                           describe_seconds(forecast.longest_seconds));
  for (const int count : ranks)
    std::cout << fmt::format("  {:>5}{}{}\n", count,
                             count == 1 ? " rank:  " : " ranks: ", describe_seconds(forecast.seconds(count)));
}

ExitCode plan(const Options& options) {
  const auto ranks = options.whole_number("ranks", 1, 1'000'000);
  const job::Job job = job::read_job(options.required("JOB"), job_overrides(options));
  const Survey found = survey(job);
  std::cout << fmt::format("{}: {} configurations, d {}, n {}, m {}\n", job.name, job.grid.size(), describe(found.d),
                           describe(found.samples), describe(found.width));
  std::cout << fmt::format("memory: {} a rank at most; this node has {}\n", describe_bytes(found.memory_bytes),
                           describe_bytes(node_memory_bytes()));
  std::cout << fmt::format("file: {}\n", describe_bytes(record::Layout(job).file_bytes()));
  print_infeasible(found);
  const schedule::CostModel cost = sweep::calibrate_by_probes(job, 1.0);
  print_forecast(forecast(schedule::partition(job.grid, cost)),
                 ranks ? std::vector{static_cast<int>(*ranks)} : std::vector{1, 3, 9, 33, 129, 1025});
  return ExitCode::done;
}

}  // namespace

Command plan_command() {
  return {
      .name = "plan",
      .brief = "tell what a job would run, in what time, memory and disk space",
      .synopsis = "JOB [--ranks P] [OPTIONS]",
      .summary =
          "Tells what a sweep would run: configurations, sizes, memory, disk, and the time by a cost model\n"
          "calibrated in a second on this machine. Writes nothing.",
      .operands = {"JOB"},
      .required = {"JOB"},
      .options = {{"ranks", "P", "MPI ranks to predict the time for, the controller included; several if not given"}},
      .groups = {job_options()},
      .execute = plan,
  };
}

}  // namespace flatsweep::cli
