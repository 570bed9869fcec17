#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>

#include "cli_options.hpp"
#include "commands/commands.hpp"
#include "commands/probe.hpp"
#include "flatsweep/core/node_memory.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "flatsweep/schedule/section.hpp"

namespace flatsweep::cli {
namespace {

using job::Configuration;

CommandLine plan_command_line() {
  po::options_description options("Options", 100);
  options.add_options()(
      "ranks", po::value<std::string>()->value_name("P"),
      "MPI ranks to predict the time for, the controller included; several where not given")("help,h",
                                                                                             "this page");
  options.add(job_options());
  return {"flatsweep plan JOB [--ranks P] [OPTIONS]",
          "Tells what a sweep would run: configurations, sizes, memory, disk, and the time by a cost model\n"
          "calibrated in a second on this machine. Writes nothing.",
          options,
          {"JOB"},
          1};
}

struct Range {
  Index least = std::numeric_limits<Index>::max();
  Index most = 0;

  void add(Index value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

std::ostream& operator<<(std::ostream& out, const Range& range) {
  out << range.least;
  return range.most > range.least ? out << " to " << range.most : out;
}

/// What one look at every combination of the grid tells.
struct Survey {
  Range d, samples, width;
  double memory_bytes = 0.0;                        // of the largest configuration
  std::map<std::string, std::uint64_t> infeasible;  // configurations by construction, by name and reason
};

std::string name_of(const Configuration& configuration, const std::string& why) {
  const bool at_an_end = configuration.gamma == 0.0 || configuration.gamma == 1.0;
  std::vector<std::string_view> left_out = {"seed"};
  if (!at_an_end) left_out.emplace_back("gamma");
  return describe(configuration, left_out) + ": " + why;
}

Survey survey(const job::Job& job) {
  Survey survey;
  const auto& [gammas, seeds] = std::tie(job.grid.values().gamma, job.grid.values().seed);
  const std::uint64_t stride = seeds.size() * gammas.size();
  for (std::uint64_t first = 0; first < job.grid.size(); first += stride) {
    Configuration configuration = job.grid[ConfigurationId{first}];
    survey.d.add(configuration.d);
    survey.samples.add(configuration.samples);
    survey.width.add(configuration.width);
    survey.memory_bytes =
        std::max(survey.memory_bytes, experiment::memory_bytes(configuration, job.settings));
    for (const double gamma : gammas) {
      configuration.gamma = gamma;
      if (const auto why = experiment::infeasible_by_construction(configuration, job.settings))
        survey.infeasible[name_of(configuration, *why)] += seeds.size();
    }
  }
  return survey;
}

std::string bytes_text(double bytes) {
  constexpr std::array units = {"kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (bytes /= 1e3; bytes >= 999.5 && unit + 1 < units.size(); bytes /= 1e3) ++unit;
  std::ostringstream text;
  text << std::setprecision(3) << bytes << ' ' << units[unit];
  return text.str();
}

/// Finer than progress lines have it, since `plan` is for comparing.
std::string seconds_text(double seconds) {
  if (seconds >= 100.0) return schedule::describe_duration(seconds);
  std::ostringstream text;
  text << std::setprecision(2) << seconds << " s";
  return text.str();
}

void print_infeasible(const Survey& survey) {
  constexpr std::size_t most_lines = 20;
  std::uint64_t count = 0;
  for (const auto& [name, configurations] : survey.infeasible) count += configurations;
  std::cout << "infeasible by construction: " << count << " configurations\n";
  std::size_t line = 0;
  for (const auto& [name, configurations] : survey.infeasible) {
    if (line++ == most_lines) {
      std::cout << "  and " << survey.infeasible.size() - most_lines << " more kinds\n";
      return;
    }
    std::cout << "  " << configurations << " x " << name << '\n';
  }
}

void print_forecast(const schedule::Forecast& forecast, const std::vector<int>& ranks) {
  std::cout << "time: " << seconds_text(forecast.work_seconds) << " of work, the longest configuration "
            << seconds_text(forecast.longest_seconds) << '\n';
  for (const int count : ranks)
    std::cout << "  " << std::setw(5) << count << (count == 1 ? " rank:  " : " ranks: ")
              << seconds_text(forecast.seconds(count)) << '\n';
}

}  // namespace

int plan(const Arguments& arguments) {
  const auto options = parse(plan_command_line(), arguments);
  if (!options) return everything_done;
  const auto ranks = whole_number(*options, "ranks", 1, 1'000'000);
  const job::Job job = job::read_job(*text(*options, "JOB"), job_overrides(*options));

  const Survey found = survey(job);
  std::cout << job.name << ": " << job.grid.size() << " configurations, d " << found.d << ", n "
            << found.samples << ", m " << found.width << '\n';
  std::cout << "memory: " << bytes_text(found.memory_bytes) << " a rank at most; this node has "
            << bytes_text(node_memory_bytes()) << '\n';
  std::cout << "file: " << bytes_text(record::Layout(job).file_bytes()) << '\n';
  print_infeasible(found);
  const schedule::CostModel cost = probe(job, 1.0);
  print_forecast(forecast(schedule::partition(job.grid, cost)),
                 ranks ? std::vector{static_cast<int>(*ranks)} : std::vector{1, 3, 9, 33, 129, 1025});
  return everything_done;
}

}  // namespace flatsweep::cli
