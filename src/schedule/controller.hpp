#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
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
             Now now = StopRequest::Clock::now)
      : ledger_(ledger),
        policy_(ledger, sections, workers),
        backlogs_(workers),
        finished_(std::move(finished)),
        progress_(std::move(progress)),
        deadline_(deadline),
        now_(std::move(now)),
        stopwatch_(now_) {}

  /// Return the next batch for a worker, if it needs one now: each worker has two batches in flight, or as
  /// many short ones as keep it busy for 8 ms. Return nothing after a stop.
  std::optional<Batch> assign(std::size_t worker) {
    constexpr std::size_t enough_batches = 2;
    constexpr std::size_t most_batches = 128;
    constexpr double enough_seconds = 8e-3;
    Backlog& backlog = backlogs_[worker];
    if (stopping_ || backlog.size() == most_batches) return std::nullopt;

    double backlog_seconds = 0.0;
    for (const Assignment& in_flight : backlog) backlog_seconds += in_flight.seconds_left();
    if (backlog.size() >= enough_batches && backlog_seconds >= enough_seconds) return std::nullopt;
    const auto assignment = policy_.next(backlog_seconds, seconds_until_deadline() - backlog_seconds);
    if (!assignment) return std::nullopt;

    if (backlog.empty()) count_busy(busy_workers_ + 1);
    backlog.push_back(*assignment);
    seconds_in_flight_ += backlog.back().seconds_left();
    return assignment->batch;
  }

  /// Take in a worker's report. @throws ContractViolation if it names what is not in flight on that worker
  void accept(std::size_t worker, const Report& report) {
    Backlog& backlog = backlogs_[worker];
    const bool was_busy = !backlog.empty();
    for (const Finished& finished : report.finished) complete(backlog, finished);
    if (report.stopped) {
      release(backlog);
      request_stop();
    }
    if (was_busy && backlog.empty()) count_busy(busy_workers_ - 1);
  }

  /// Assign no more batches.
  void request_stop() { stopping_ = true; }
  /// Return whether a stop was requested, here or by a worker's report.
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Return whether nothing is in flight. The run is over if that holds after assign() was called for each worker.
  [[nodiscard]] bool idle() const { return busy_workers_ == 0; }

  /// Return how the run ended, if it ends now.
  [[nodiscard]] Ending ending() const { return {ledger_.open() > 0, performed_}; }

  /// Show the progress, at most ten times a second.
  void show_progress() {
    constexpr double interval = 0.1;  // seconds
    const double now = stopwatch_.seconds();
    if (now - shown_at_ < interval) return;
    shown_at_ = now;
    progress_(progress(false));
  }

  /// Show the final progress.
  void end_progress() { progress_(progress(true)); }

 private:
  using Backlog = std::vector<Assignment>;  // of one worker, in the order of its work

  void complete(Backlog& backlog, const Finished& finished) {
    expects(!backlog.empty() && finished.id == backlog.front().batch[backlog.front().done]);
    Assignment& in_flight = backlog.front();
    ledger_.complete(finished.id, finished.status);
    policy_.observe(in_flight, finished.seconds);
    seconds_in_flight_ -= in_flight.seconds;
    ++in_flight.done;
    ++performed_;
    if (in_flight.done == in_flight.batch.count) backlog.erase(backlog.begin());
    if (finished_) finished_(finished);
  }

  void release(Backlog& backlog) {
    for (const Assignment& in_flight : backlog) {
      seconds_in_flight_ -= in_flight.seconds_left();
      for (std::uint64_t i = in_flight.done; i < in_flight.batch.count; ++i) ledger_.release(in_flight.batch[i]);
    }
    backlog.clear();
  }

  void count_busy(std::size_t workers) {
    const double now = stopwatch_.seconds();
    busy_seconds_ += static_cast<double>(busy_workers_) * (now - counted_at_);
    counted_at_ = now;
    busy_workers_ = workers;
  }

  [[nodiscard]] double seconds_until_deadline() const {
    if (!deadline_) return std::numeric_limits<double>::infinity();
    return std::chrono::duration<double>(*deadline_ - now_()).count();
  }

  [[nodiscard]] Progress progress(bool ended) const {
    const double now = stopwatch_.seconds();
    const auto workers = static_cast<double>(backlogs_.size());
    const double busy_seconds = busy_seconds_ + static_cast<double>(busy_workers_) * (now - counted_at_);
    const std::uint64_t total = ledger_.included();
    return {.total = total,
            .done = total - ledger_.count(Status::pending),
            .performed = performed_,
            .infeasible = ledger_.count(Status::infeasible),
            .inaccurate = ledger_.count(Status::inaccurate),
            .failed = ledger_.count(Status::failed) + ledger_.count(Status::crashed),
            .elapsed_seconds = now,
            .remaining_seconds = (policy_.open_seconds() + std::max(0.0, seconds_in_flight_)) / workers,
            .busy_share = now > 0.0 ? busy_seconds / (now * workers) : 0.0,
            .ended = ended};
  }

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
