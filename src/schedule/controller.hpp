#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/schedule/policy.hpp"
#include "flatsweep/schedule/sweep.hpp"
#include "schedule/message.hpp"

namespace flatsweep::schedule {

/// The state of a sweep on rank 0: who has which batch in hand, what is done, whether it goes on. Knows
/// no MPI: a Dispatcher carries its decisions to the workers, a one-rank run and the tests call it.
class Controller {
 public:
  using Deadline = std::optional<StopRequest::Clock::time_point>;

  Controller(Ledger& ledger, const std::vector<Section>& sections, std::size_t workers,
             std::function<void(const Finished&)> finished, ProgressSink progress, Deadline deadline);

  /// The next batch for a worker, if it should have one now: it has two in hand, or as many short ones as
  /// keep it busy for 8 ms; none while stopping.
  std::optional<Batch> assign(std::size_t worker);

  /// @throws ContractViolation for what that worker does not have in hand
  void accept(std::size_t worker, const Report& report);

  void request_stop() { stopping_ = true; }
  [[nodiscard]] bool stopping() const { return stopping_; }

  /// Nobody has anything in hand. After each worker was asked to take a batch: the run is over.
  [[nodiscard]] bool idle() const { return busy_workers_ == 0; }

  [[nodiscard]] SweepReport report() const { return {ledger_.open() > 0, performed_}; }

  /// Tells the progress sink, several times a second.
  void show_progress();
  /// Tells it for the last time.
  void end_progress();

 private:
  struct InHand {
    Assignment assignment;
    std::uint64_t done = 0;

    [[nodiscard]] std::uint64_t left() const { return assignment.batch.count - done; }
    [[nodiscard]] double seconds_left() const { return static_cast<double>(left()) * assignment.seconds; }
  };
  using Hand = std::vector<InHand>;  // of one worker, in the order of its work

  void settle(Hand& hand, const Finished& finished);
  void take_back(Hand& hand);
  void count_busy(std::size_t workers);
  [[nodiscard]] Progress progress() const;

  Ledger& ledger_;
  Policy policy_;
  std::vector<Hand> hands_;
  std::function<void(const Finished&)> finished_;
  ProgressSink progress_;
  Deadline deadline_;

  bool stopping_ = false;
  std::uint64_t performed_ = 0;
  double in_hand_seconds_ = 0.0;

  Stopwatch stopwatch_;
  std::size_t busy_workers_ = 0;
  double busy_seconds_ = 0.0;  // summed over workers, up to counted_at_
  double counted_at_ = 0.0;
  double shown_at_ = -std::numeric_limits<double>::infinity();
};

}  // namespace flatsweep::schedule
