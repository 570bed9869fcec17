#include "schedule/controller.hpp"

#include <algorithm>
#include <limits>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {
namespace {

double seconds_until(const Controller::Deadline& deadline) {
  if (!deadline) return std::numeric_limits<double>::infinity();
  return std::chrono::duration<double>(*deadline - StopRequest::Clock::now()).count();
}

}  // namespace

Controller::Controller(Ledger& ledger, const std::vector<Section>& sections, std::size_t workers,
                       std::function<void(const Finished&)> finished, ProgressSink progress,
                       Deadline deadline)
    : ledger_(ledger),
      policy_(ledger, sections, workers),
      hands_(workers),
      finished_(std::move(finished)),
      progress_(std::move(progress)),
      deadline_(deadline) {}

std::optional<Batch> Controller::assign(std::size_t worker) {
  constexpr std::size_t enough_in_hand = 2;
  constexpr std::size_t most_in_hand = 128;
  constexpr double enough_seconds = 8e-3;
  Hand& hand = hands_[worker];
  if (stopping_ || hand.size() == most_in_hand) return std::nullopt;

  double backlog_seconds = 0.0;
  for (const InHand& in_hand : hand) backlog_seconds += in_hand.seconds_left();
  if (hand.size() >= enough_in_hand && backlog_seconds >= enough_seconds) return std::nullopt;
  const auto assignment = policy_.next(backlog_seconds, seconds_until(deadline_) - backlog_seconds);
  if (!assignment) return std::nullopt;

  if (hand.empty()) count_busy(busy_workers_ + 1);
  hand.push_back({*assignment});
  in_hand_seconds_ += hand.back().seconds_left();
  return assignment->batch;
}

void Controller::accept(std::size_t worker, const Report& report) {
  Hand& hand = hands_[worker];
  const bool was_busy = !hand.empty();
  for (const Finished& finished : report.finished) settle(hand, finished);
  if (report.stopped) {
    take_back(hand);
    request_stop();
  }
  if (was_busy && hand.empty()) count_busy(busy_workers_ - 1);
}

void Controller::settle(Hand& hand, const Finished& finished) {
  expects(!hand.empty() && finished.id == hand.front().assignment.batch[hand.front().done]);
  InHand& in_hand = hand.front();
  ledger_.settle(finished.id, finished.status);
  policy_.observe(in_hand.assignment, finished.seconds);
  in_hand_seconds_ -= in_hand.assignment.seconds;
  ++in_hand.done;
  ++performed_;
  if (in_hand.left() == 0) hand.erase(hand.begin());
  if (finished_) finished_(finished);
}

void Controller::take_back(Hand& hand) {
  for (const InHand& in_hand : hand) {
    in_hand_seconds_ -= in_hand.seconds_left();
    for (std::uint64_t i = in_hand.done; i < in_hand.assignment.batch.count; ++i)
      ledger_.take_back(in_hand.assignment.batch[i]);
  }
  hand.clear();
}

void Controller::count_busy(std::size_t workers) {
  const double now = stopwatch_.seconds();
  busy_seconds_ += static_cast<double>(busy_workers_) * (now - counted_at_);
  counted_at_ = now;
  busy_workers_ = workers;
}

Progress Controller::progress() const {
  const double now = stopwatch_.seconds();
  const auto workers = static_cast<double>(hands_.size());
  const double busy_seconds = busy_seconds_ + static_cast<double>(busy_workers_) * (now - counted_at_);
  const std::uint64_t total = ledger_.included();
  return {.total = total,
          .done = total - ledger_.count(Status::pending),
          .performed = performed_,
          .infeasible = ledger_.count(Status::infeasible),
          .inaccurate = ledger_.count(Status::inaccurate),
          .failed = ledger_.count(Status::failed) + ledger_.count(Status::crashed),
          .elapsed_seconds = now,
          .remaining_seconds = (policy_.open_seconds() + std::max(0.0, in_hand_seconds_)) / workers,
          .busy_share = now > 0.0 ? busy_seconds / (now * workers) : 0.0,
          .ended = false};
}

void Controller::show_progress() {
  constexpr double interval = 0.1;
  const double now = stopwatch_.seconds();
  if (now - shown_at_ < interval) return;
  shown_at_ = now;
  progress_(progress());
}

void Controller::end_progress() {
  Progress last = progress();
  last.ended = true;
  progress_(last);
}

}  // namespace flatsweep::schedule
