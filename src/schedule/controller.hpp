#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/schedule/distribute.hpp"
#include "schedule/batch_runner.hpp"
#include "schedule/policy.hpp"

namespace flatsweep::schedule {

/// The state of a sweep on rank 0: which batches are in flight on which worker, what is done, and whether the
/// run goes on. Uses no MPI: distribute() sends its decisions to the workers, tests call it directly.
class Controller {
 public:
  using Deadline = std::optional<StopRequest::Clock::time_point>;  ///< none: work for as long as there is any

  /// @param workers number of workers, > 0
  /// @param finished called for every completed configuration; may be empty
  /// @param deadline no batch is assigned that is predicted to end later
  /// @param now the time; `ledger` outlives the controller
  Controller(Ledger& ledger, const std::vector<Section>& sections, std::size_t workers,
             std::function<void(const Finished&)> finished, ProgressSink progress, Deadline deadline,
             Now now = StopRequest::Clock::now);

  /// Return the next batch for a worker, if it needs one now: each worker has two batches in flight, or as
  /// many short ones as keep it busy for 8 ms. Return nothing after a stop.
  std::optional<Batch> assign(std::size_t worker);

  /// Take in a worker's report. @throws ContractViolation if it names what is not in flight on that worker
  void accept(std::size_t worker, const Report& report);

  /// Assign no more batches.
  void request_stop() { stopping_ = true; }
  /// Return whether a stop was requested, here or by a worker's report.
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Return whether nothing is in flight. The run is over if that holds after assign() was called for each worker.
  [[nodiscard]] bool idle() const { return busy_workers_ == 0; }

  /// Return how the run ended, if it ends now.
  [[nodiscard]] Summary summary() const { return {ledger_.open() > 0, performed_}; }

  /// Show the progress, at most ten times a second.
  void show_progress();
  /// Show the final progress.
  void end_progress() { progress_(progress(true)); }

 private:
  using Backlog = std::vector<Assignment>;  // of one worker, in the order of its work

  void complete(Backlog& backlog, const Finished& finished);
  void release(Backlog& backlog);
  void count_busy(std::size_t workers);
  [[nodiscard]] double seconds_until_deadline() const;
  [[nodiscard]] Progress progress(bool ended) const;

  Ledger& ledger_;
  Policy policy_;
  std::vector<Backlog> backlogs_;
  std::function<void(const Finished&)> finished_;
  ProgressSink progress_;
  Deadline deadline_;
  Now now_;

  bool stopping_ = false;
  std::uint64_t performed_ = 0;
  double seconds_in_flight_ = 0.0;

  Stopwatch stopwatch_;
  std::size_t busy_workers_ = 0;
  double busy_seconds_ = 0.0;  // sum over workers, up to counted_at_
  double counted_at_ = 0.0;
  double shown_at_ = -std::numeric_limits<double>::infinity();
};

}  // namespace flatsweep::schedule
