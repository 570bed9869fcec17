#include <fmt/core.h>
#include <fmt/ranges.h>

#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/one_configuration.hpp"
#include "cli/shared.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/solve_files.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "sweep/calibration.hpp"

namespace flatsweep::cli {
namespace {

using job::Configuration;
using record::ResultsReader;

void print(std::string_view what, std::string_view text) { std::cout << fmt::format("{:<9}{}\n", what, text); }

/// Quote a word for a shell.
std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=+-,@%^";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

/// Return the command that computes the configuration alone, with all its arrays.
std::string solve_command_of(const Configuration& configuration, const Options& options) {
  std::vector<std::string> words = {"flatsweep", "solve", quoted(options.required("JOB"))};
  for (const auto& [key, value] : job_overrides(options)) words.push_back(quoted(fmt::format("--{}={}", key, value)));
  if (configuration.id != record::off_the_grid) {
    words.push_back(fmt::format("--id {} -o configuration{}.h5", value(configuration.id), value(configuration.id)));
  } else {
    job::for_each_axis([&](const auto& axis) {
      const std::string name(axis.name);
      if (const auto given = options.text(name)) words.push_back(fmt::format("--{} {}", name, quoted(*given)));
    });
    words.emplace_back("-o configuration.h5");
  }
  return fmt::format("{}", fmt::join(words, " "));
}

/// Return the id of the configuration in another grid.
std::optional<ConfigurationId> place_in(const job::Grid& grid, const Configuration& configuration) {
  job::AxisValues values;
  job::for_each_axis([&](const auto& axis) { values.*axis.values = {configuration.*axis.value}; });
  return job::GridMap(job::Grid(values), grid)(ConfigurationId{0});
}

/// Return which rows of a file are done.
schedule::Ledger ledger_of(const ResultsReader& reader) {
  std::vector<Status> statuses(reader.rows());
  reader.read_valid_statuses(0, statuses);
  return schedule::Ledger(std::move(statuses));
}

void print_cost(const OneConfiguration& one, const schedule::CostModel& cost, std::string_view source) {
  const auto& [configuration, job] = one;
  print("memory", fmt::format("{} at most; this node has {}",
                              describe_bytes(experiment::memory_bytes(configuration, job.settings)),
                              describe_bytes(node_memory_bytes())));
  print("time", fmt::format("about {:.2g} s, {:.2g} flops of matrix products, by {}", cost.seconds(configuration),
                            experiment::counted_flops(configuration, job.settings), source));
}

void print_feasibility(const OneConfiguration& one) {
  const auto why = experiment::infeasible_by_construction(one.configuration);
  print("feasible", why ? "no, by construction: " + *why : "nothing rules out an interpolator by construction");
  if (const auto twin = experiment::equal_before(one.configuration, one.job.grid.values()))
    print("equal", fmt::format("to the row with {}, bit for bit", *twin));
}

void print_row(const ResultsReader& reader, ConfigurationId id) {
  const record::Row row = reader.read_rows(value(id), 1).front();
  const experiment::Outcome& outcome = row.outcome;
  const std::string attempts = fmt::format("{} attempt{}", row.attempts, row.attempts == 1 ? "" : "s");
  record::CheckedStatus checked;
  reader.read_checked_statuses(value(id), std::span(&checked, 1));
  if (checked.torn || checked.status == Status::pending) {
    print("status", fmt::format("{}, row {}, {}", checked.torn ? "torn, to be computed again" : "pending", value(id),
                                row.attempts == 0 ? "not tried yet" : attempts));
    return;
  }
  print("status",
        fmt::format("{}, row {}, in {} steps and {:.2g} s on rank {}, {}", name(outcome.status), value(id),
                    outcome.iterations, outcome.sample_seconds + outcome.solve_seconds + outcome.measure_seconds,
                    row.rank.value_or(-1), attempts));
  if (outcome.status == Status::solved || outcome.status == Status::inaccurate)
    print("",
          fmt::format("flatness {:g}, population loss {:g}, residual {:.2g}, gap {:.2g}", outcome.measures["flatness"],
                      outcome.measures["population_loss"], outcome.measures["residual"], outcome.measures["gap"]));
  for (const record::Message& message : reader.messages())
    if (message.id == id) print("", message.text);
}

void print_status(const ResultsReader& reader, const OneConfiguration& one) {
  const auto id = place_in(reader.job().grid, one.configuration);
  if (reader.job().settings != one.job.settings)
    print("status", fmt::format("unknown: the file has {}", fmt::join(differences(reader.job(), one.job), "; ")));
  else if (!id)
    print("status", "the file has no such configuration");
  else
    print_row(reader, *id);
}

ExitCode explain_configuration(const Options& options) {
  const OneConfiguration one = read_one_configuration(options.required("JOB"), options);
  std::cout << headline(one.configuration) << '\n';
  std::optional<ResultsReader> reader;
  if (const auto file = options.text("FILE")) reader.emplace(*file);
  const bool has_rows = reader && reader->job().settings == one.job.settings;
  const schedule::Ledger ledger = has_rows ? ledger_of(*reader) : schedule::Ledger(0);
  if (ledger.size() > ledger.count(Status::pending))
    print_cost(one, sweep::calibrate_by_rows(*reader, ledger), "the rows of the file");
  else
    print_cost(one, sweep::calibrate_by_probes(one.job, 1.0), "probes on this machine");
  print_feasibility(one);
  if (reader) print_status(*reader, one);
  print("alone", solve_command_of(one.configuration, options));
  return ExitCode::done;
}

}  // namespace

Command explain_command() {
  return {
      .name = "explain",
      .brief = "tell all about one configuration: sizes, cost, status, why",
      .synopsis = "JOB [FILE] --id N [OPTIONS]",
      .summary =
          "Tells of one configuration of a job, picked as for flatsweep solve, what it is, what it costs, whether an\n"
          "interpolator can exist, what became of it in FILE, and which command computes it alone. Writes nothing.",
      .operands = {"JOB", "FILE"},
      .required = {"JOB"},
      .options = {{"id", "N", "the configuration's row in the results"}},
      .groups = {axis_options(), job_options()},
      .execute = explain_configuration,
  };
}

}  // namespace flatsweep::cli
