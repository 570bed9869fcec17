#include "schedule/controller.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {

Controller::Controller(Ledger& ledger, const std::vector<Section>& sections, std::size_t workers,
                       std::function<void(const Finished&)> finished, ProgressSink progress, Deadline deadline, Now now)
    : ledger_(ledger),
      policy_(ledger, sections, workers),
      backlogs_(workers),
      finished_(std::move(finished)),
      progress_(std::move(progress)),
      deadline_(deadline),
      now_(std::move(now)),
      stopwatch_(now_) {}

std::optional<Batch> Controller::assign(std::size_t worker) {
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

void Controller::accept(std::size_t worker, const Report& report) {
  Backlog& backlog = backlogs_[worker];
  const bool was_busy = !backlog.empty();
  for (const Finished& finished : report.finished) complete(backlog, finished);
  if (report.stopped) {
    release(backlog);
    request_stop();
  }
  if (was_busy && backlog.empty()) count_busy(busy_workers_ - 1);
}

void Controller::complete(Backlog& backlog, const Finished& finished) {
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

void Controller::release(Backlog& backlog) {
  for (const Assignment& in_flight : backlog) {
    seconds_in_flight_ -= in_flight.seconds_left();
    for (std::uint64_t i = in_flight.done; i < in_flight.batch.count; ++i) ledger_.release(in_flight.batch[i]);
  }
  backlog.clear();
}

void Controller::count_busy(std::size_t workers) {
  const double now = stopwatch_.seconds();
  busy_seconds_ += static_cast<double>(busy_workers_) * (now - counted_at_);
  counted_at_ = now;
  busy_workers_ = workers;
}

double Controller::seconds_until_deadline() const {
  if (!deadline_) return std::numeric_limits<double>::infinity();
  return std::chrono::duration<double>(*deadline_ - now_()).count();
}

Progress Controller::progress(bool ended) const {
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

void Controller::show_progress() {
  constexpr double interval = 0.1;  // seconds
  const double now = stopwatch_.seconds();
  if (now - shown_at_ < interval) return;
  shown_at_ = now;
  progress_(progress(false));
}

}  // namespace flatsweep::schedule
