#include "sweep/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <map>
#include <span>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/schedule/cost_model.hpp"

namespace flatsweep::sweep {
namespace {

using job::Configuration;

/// Return the seconds of all steps of a recorded configuration.
double seconds_of(const record::ResultsReader& reader, ConfigurationId id) {
  double sum = 0.0;
  for (const char* part : {"sample_seconds", "solve_seconds", "measure_seconds"}) {
    double seconds = 0.0;
    reader.read(part, value(id), std::span(&seconds, 1));
    sum += seconds;
  }
  return sum;
}

/// Return the value of an axis for a probe. The values of a few probes spread over an axis of any length.
template <typename T>
const T& spread(const std::vector<T>& axis, std::size_t probe) {
  const double place = std::fmod(0.5 + 0.618 * static_cast<double>(probe), 1.0);
  return axis[static_cast<std::size_t>(place * static_cast<double>(axis.size()))];
}

/// Return the configuration at a smaller d, with the same n/d and m/n.
Configuration resized(Configuration configuration, Index d) {
  if (d == configuration.d) return configuration;
  configuration.d = d;
  configuration.samples = std::llround(configuration.sample_ratio * static_cast<double>(d));
  configuration.width = std::llround(configuration.width_ratio * static_cast<double>(configuration.samples));
  return configuration;
}

/// Return the largest configuration of each kind of program.
std::map<schedule::ProgramKind, Configuration> largest_of_each_kind(const job::Grid& grid) {
  std::map<schedule::ProgramKind, Configuration> largest;
  const std::uint64_t stride = grid.combination_size();
  constexpr std::uint64_t most_looks = 100'000;
  const std::uint64_t combinations = grid.size() / stride;
  const std::uint64_t step = std::max<std::uint64_t>(1, combinations / most_looks);
  for (std::uint64_t i = 0; i < combinations; i += step) {
    const Configuration configuration = grid[ConfigurationId{i * stride}];
    const auto [known, is_new] = largest.try_emplace(schedule::CostModel::kind(configuration), configuration);
    if (!is_new && configuration.samples > known->second.samples) known->second = configuration;
  }
  return largest;
}

/// Return the smallest d at which the configuration has a neuron, and is feasible if it is at its own d.
Index smallest_d(const Configuration& configuration) {
  const bool feasible = !experiment::infeasible_by_construction(configuration);
  Index d = std::min(configuration.d, std::max<Index>(8, 2 * configuration.indices + 1));
  while (d < configuration.d && (resized(configuration, d).width == 0 ||
                                 (feasible && experiment::infeasible_by_construction(resized(configuration, d)))))
    ++d;
  return d;
}

/// Measures seconds of work: CPU seconds or wall-clock seconds, whichever are fewer. Others that load the machine
/// lengthen only the latter, threads that share the work only the former.
class WorkWatch {
 public:
  [[nodiscard]] double seconds() const { return std::min(wall_.seconds(), cpu_seconds() - start_); }

 private:
  static double cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  Stopwatch wall_;
  double start_ = cpu_seconds();
};

class Prober {
 public:
  Prober(const job::Job& job, const StopRequest& stop) : job_(job), stop_(stop), cost_(cost_model_of(job)) {}

  /// Run probes whose size grows as the budget allows, and calibrate by those of the largest size.
  void observe(const Configuration& largest, double budget_seconds) {
    const Stopwatch watch;
    Index d = smallest_d(largest);
    if (cost_.seconds(resized(largest, d)) > budget_seconds) return;
    std::vector<double> seconds = {run(resized(largest, d), 0)};
    for (std::size_t probe = 1; watch.seconds() + seconds.back() < budget_seconds; ++probe) {
      const double affordable = (budget_seconds - watch.seconds()) / 2.0;
      const double growth = std::cbrt(affordable / seconds.back());
      constexpr double least_growth = 1.25;
      if (d < largest.d && growth > least_growth) {
        d = std::min(largest.d, static_cast<Index>(std::ceil(growth * static_cast<double>(d))));
        seconds.clear();
      }
      seconds.push_back(run(resized(largest, d), probe));
    }
    for (const double measured : seconds) cost_.observe(resized(largest, d), measured);
  }

  [[nodiscard]] const schedule::CostModel& cost() const { return cost_; }

 private:
  double run(Configuration configuration, std::size_t probe) {
    configuration.gamma = spread(job_.grid.values().gamma, probe);
    configuration.seed = spread(job_.grid.values().seed, probe);
    const WorkWatch watch;
    experiment::compute_outcome(configuration, job_.settings, stop_);
    return watch.seconds();
  }

  const job::Job& job_;
  const StopRequest& stop_;
  schedule::CostModel cost_;
};

}  // namespace

schedule::CostModel cost_model_of(const job::Job& job) {
  return schedule::CostModel([settings = job.settings](const Configuration& configuration) {
    return experiment::counted_flops(configuration, settings);
  });
}

schedule::CostModel calibrate_by_rows(const record::ResultsReader& reader, const schedule::Ledger& ledger) {
  constexpr std::uint64_t most_rows = 300;
  schedule::CostModel cost = cost_model_of(reader.job());
  const std::uint64_t finished = ledger.size() - ledger.count(Status::pending);
  const std::uint64_t step = std::max<std::uint64_t>(1, finished / most_rows);
  std::uint64_t seen = 0;
  for (std::uint64_t row = 0; row < ledger.size() && seen < finished; ++row) {
    const ConfigurationId id{row};
    if (ledger.status(id) == Status::pending) continue;
    if (seen++ % step == 0 && has_result(ledger.status(id)))
      cost.observe(reader.job().grid[id], seconds_of(reader, id));
  }
  return cost;
}

schedule::CostModel calibrate_by_probes(const job::Job& job, double budget_seconds, const StopRequest& stop) {
  dense::library();  // is chosen at first use, which takes its time
  Prober prober(job, stop);
  const auto kinds = largest_of_each_kind(job.grid);
  for (const auto& [kind, configuration] : kinds)
    prober.observe(configuration, budget_seconds / static_cast<double>(kinds.size()));
  return prober.cost();
}

schedule::CostModel calibrate_before_first_run(const job::Job& job, int ranks, const StopRequest& stop) {
  constexpr double share = 0.01, longest_seconds = 1.0, shortest_seconds = 0.02;
  schedule::CostModel uncalibrated = cost_model_of(job);
  const double seconds = schedule::forecast(schedule::partition(job.grid, uncalibrated)).seconds(ranks);
  const double budget = std::min(longest_seconds, share * seconds);
  if (budget < shortest_seconds) return uncalibrated;
  try {
    return calibrate_by_probes(job, budget, stop);
  } catch (const Stopped&) {
    return uncalibrated;
  }
}

}  // namespace flatsweep::sweep
