#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/merge.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "sweep/calibration.hpp"
#include "sweep/part.hpp"

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

/// Numbers of configurations, by what is said of them.
using Kinds = std::map<std::string, std::uint64_t>;

/// Sizes and memory of the configurations to run, and those of which something is known.
struct Survey {
  Range d, samples, width;
  double memory_bytes = 0.0;  // of the largest configuration
  Kinds infeasible;           // by construction
  Kinds equal;                // to others of the grid
};

/// Return which configurations are to be run, if these are not all of the grid.
std::optional<schedule::Ledger> read_ledger(const job::Job& job, const Options& options) {
  const sweep::Part part = read_part(options);
  const auto reuse = options.text("reuse");
  if (!reuse && !options.has("shard") && !options.has("where") && !options.has("pilot")) return std::nullopt;
  constexpr std::uint64_t most_rows = std::uint64_t{1} << 34U;
  if (job.grid.size() > most_rows)
    throw Error("the grid is too large to plan a part of it", fmt::format("it has {} configurations", job.grid.size()),
                "Plan the whole job, or a smaller one.");
  std::vector<Status> statuses(job.grid.size());
  if (reuse) record::add_reused(record::ResultsReader(*reuse), job, statuses);
  schedule::Ledger ledger(std::move(statuses));
  sweep::exclude_unselected(ledger, select(part, job.grid), part.pilot);
  return ledger;
}

/// Return for how many seeds a configuration is to be run. @param row of the first seed
std::uint64_t open_seeds(const job::Grid& grid, std::uint64_t row, const std::optional<schedule::Ledger>& ledger) {
  const std::uint64_t seeds = grid.values().seed.size();
  if (!ledger) return seeds;
  std::uint64_t open = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed, row += grid.seed_size())
    open += ledger->is_open(ConfigurationId{row}) ? 1 : 0;
  return open;
}

/// Describe the configurations that differ in seed, and unless gamma is 0 or 1 in gamma.
std::string describe_kind(const Configuration& configuration) {
  const bool at_an_end = configuration.gamma == 0.0 || configuration.gamma == 1.0;
  std::vector<std::string_view> left_out = {"seed"};
  if (!at_an_end) left_out.emplace_back("gamma");
  return job::describe(configuration, left_out);
}

Survey survey(const job::Job& job, const std::optional<schedule::Ledger>& ledger) {
  Survey survey;
  const job::Grid& grid = job.grid;
  for (std::uint64_t first = 0; first < grid.size(); first += grid.combination_size()) {
    for (std::uint64_t row = first; row < first + grid.seed_size(); ++row) {
      const std::uint64_t seeds = open_seeds(grid, row, ledger);
      if (seeds == 0) continue;
      const Configuration one = grid[ConfigurationId{row}];
      survey.d.add(one.d);
      survey.samples.add(one.samples);
      survey.width.add(one.width);
      survey.memory_bytes = std::max(survey.memory_bytes, experiment::memory_bytes(one, job.settings));
      if (const auto why = experiment::infeasible_by_construction(one))
        survey.infeasible[fmt::format("{}: {}", describe_kind(one), *why)] += seeds;
      if (const auto twin = experiment::equal_before(one, grid.values()))
        survey.equal[fmt::format("{}: as {}", describe_kind(one), *twin)] += seeds;
    }
  }
  return survey;
}

/// Describe a duration with two digits if it is short, since plans are compared.
std::string describe_seconds(double seconds) {
  return seconds >= 100.0 ? schedule::describe_duration(seconds) : fmt::format("{:.2g} s", seconds);
}

void print_kinds(std::string_view what, const Kinds& kinds) {
  constexpr std::size_t most_lines = 20;
  std::uint64_t count = 0;
  for (const auto& [description, configurations] : kinds) count += configurations;
  std::cout << fmt::format("{}: {} configurations\n", what, count);
  std::size_t line = 0;
  for (const auto& [description, configurations] : kinds) {
    if (line++ == most_lines) {
      std::cout << fmt::format("  and {} more kinds\n", kinds.size() - most_lines);
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

void print_survey(const Survey& found) {
  std::cout << fmt::format(", d {}, n {}, m {}\n", describe(found.d), describe(found.samples), describe(found.width));
  std::cout << fmt::format("memory: {} a rank at most; this node has {}\n", describe_bytes(found.memory_bytes),
                           describe_bytes(node_memory_bytes()));
  print_kinds("infeasible by construction", found.infeasible);
  if (!found.equal.empty()) print_kinds("equal to others, bit for bit", found.equal);
}

ExitCode plan(const Options& options) {
  const auto ranks = options.whole_number("ranks", 1, 1'000'000);
  const job::Job job = job::read_job(options.required("JOB"), job_overrides(options));
  const std::optional<schedule::Ledger> ledger = read_ledger(job, options);
  std::cout << fmt::format("{}: {} configurations", job.name, job.grid.size());
  if (ledger) std::cout << fmt::format(", {} of them in this part, {} to do", ledger->included(), ledger->open());
  if (!ledger || ledger->open() > 0) print_survey(survey(job, ledger));
  std::cout << fmt::format("file: {}\n", describe_bytes(record::Layout(job).file_bytes()));
  if (ledger && ledger->open() == 0) return ExitCode::done;
  const auto sections = schedule::partition(job.grid, sweep::calibrate_by_probes(job, 1.0));
  print_forecast(ledger ? forecast(sections, *ledger) : forecast(sections),
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
      .options = {{"ranks", "P", "MPI ranks to predict the time for, the controller included; several if not given"},
                  {"reuse", "OLD", "without the rows that this results file already has"}},
      .groups = {part_options(), job_options()},
      .execute = plan,
  };
}

}  // namespace flatsweep::cli
