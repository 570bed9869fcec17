#pragma once

#include <algorithm>
#include <functional>
#include <queue>
#include <vector>

#include "schedule/controller.hpp"

namespace flatsweep::schedule {

/// How a simulated sweep went. Seconds are simulated ones.
struct SimulatedSweep {
  double makespan = 0.0;
  double last_assignment = 0.0;  // time of the last assignment
  double busy_share = 0.0;       // of the workers' time up to then
  std::uint64_t batches = 0;
  std::vector<double> ends;  // of every configuration
};

/// Run the controller's real code against simulated workers: rank 0 handles one message at a time, in the
/// order of arrival; a worker performs its batches in order and reports each at its end.
/// @param seconds what each configuration really takes
inline SimulatedSweep simulate(Controller& controller, std::size_t workers, const std::vector<double>& seconds,
                               double seconds_per_message) {
  struct BatchEnd {
    double time;
    std::size_t worker;
    Batch batch;
    bool operator>(const BatchEnd& other) const { return time > other.time; }
  };
  std::priority_queue<BatchEnd, std::vector<BatchEnd>, std::greater<>> batch_ends;
  std::vector<double> free_at(workers, 0.0);
  double rank_0_free_at = 0.0;
  double idle = 0.0;
  SimulatedSweep sweep;
  sweep.ends.resize(seconds.size());

  const auto assign = [&](std::size_t worker) {
    const auto batch = controller.assign(worker);
    if (!batch) return;
    rank_0_free_at += seconds_per_message;
    const double start = std::max(free_at[worker], rank_0_free_at);
    idle += start - free_at[worker];
    double end = start;
    for (std::uint64_t i = 0; i < batch->count; ++i)
      sweep.ends[value((*batch)[i])] = end += seconds[value((*batch)[i])];
    free_at[worker] = end;
    batch_ends.push({end, worker, *batch});
    sweep.last_assignment = rank_0_free_at;
    ++sweep.batches;
  };

  for (std::size_t turn = 0; turn < 2 * workers; ++turn) assign(turn % workers);
  while (!batch_ends.empty()) {
    const BatchEnd end = batch_ends.top();
    batch_ends.pop();
    rank_0_free_at = std::max(rank_0_free_at, end.time) + seconds_per_message;
    Report report;
    for (std::uint64_t i = 0; i < end.batch.count; ++i) {
      const ConfigurationId id = end.batch[i];
      report.finished.push_back({id, Status::solved, seconds[value(id)], ""});
    }
    controller.accept(end.worker, report);
    assign(end.worker);
    sweep.makespan = std::max(sweep.makespan, end.time);
  }
  for (const double time : free_at) idle += std::max(0.0, sweep.last_assignment - time);
  sweep.busy_share = 1.0 - idle / (static_cast<double>(workers) * sweep.last_assignment);
  return sweep;
}

}  // namespace flatsweep::schedule
