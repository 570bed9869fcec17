#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/schedule/distribute.hpp"

namespace flatsweep::schedule {

/// The protocol between controller and workers. A worker reports each batch when its rows are flushed (a long
/// one also in parts, short ones together) and otherwise waits for messages. It has two batches in flight, or
/// more short ones, performs them in the order of arrival, and reports their configurations in that order.
///
///     worker -> controller   report           what is completed and flushed; whether the worker stopped
///                            acknowledgement  the answer to shutdown: no more messages from this worker
///     controller -> worker   batch            perform these, after the batches that came before
///                            stop             drop all batches, and report that
///                            shutdown         the run is over: its Ending
///
/// A worker that stopped drops all its batches, and those that reach it later; the controller, which alone
/// decides that the run ends, releases them in its ledger and stops the other workers. What the controller
/// sends is small enough never to wait for its receiver, so the two cannot wait for each other.
enum class Tag : int { report, acknowledgement, batch, stop, shutdown };

/// What a worker reports to the controller.
struct Report {
  std::vector<Finished> finished;  ///< in the order in which they were performed; their rows are flushed
  bool stopped = false;            ///< the worker dropped its other batches and performs no more

  bool operator==(const Report&) const = default;  ///< member by member
  /// List the members for mpi::pack().
  static auto members(auto& self) { return std::tie(self.finished, self.stopped); }
};

/// Performs batches on this rank, and reports configurations once their rows are flushed.
class BatchRunner {
 public:
  using Deliver = std::function<void(const Report&)>;  ///< takes a report to the controller

  /// @param deliver called at the end of a batch, once for all batches that end within 2 ms, and every 2 s
  /// within a long batch
  /// @param stop_received takes in what the controller sent, and returns whether it asked to stop; called between two
  /// configurations, at most once a millisecond
  /// @param now the time; `work` and `stop` outlive the runner
  BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver, std::function<bool()> stop_received,
              const Now& now = std::chrono::steady_clock::now)
      : work_(work),
        stop_(stop),
        deliver_(std::move(deliver)),
        stop_received_(std::move(stop_received)),
        stopwatch_(now) {}

  /// Perform `batch` up to its end or a stop. @return false if it was stopped
  bool run(const Batch& batch) {
    constexpr double flush_interval = 0.05;             // seconds
    constexpr double report_interval = 2.0;             // seconds, within a batch
    constexpr double shortest_report_interval = 0.002;  // seconds, between batches
    for (std::uint64_t i = 0; i < batch.count; ++i) {
      if (stop_.requested() || stop_received() || !perform(batch[i])) {
        flush_rows();
        deliver(true);
        return false;
      }
      now_ = stopwatch_.seconds();
      if (now_ - flushed_at_ >= flush_interval) flush_rows();
      if (now_ - delivered_at_ >= report_interval) report();
    }
    if (now_ - delivered_at_ >= shortest_report_interval) report();
    return true;
  }

  /// Report all that is not reported yet, as a worker does that has no further batch.
  /// @return whether there was anything to report
  bool report() {
    if (finished_.empty()) return false;
    flush_rows();
    deliver(false);
    return true;
  }

 private:
  [[nodiscard]] bool perform(ConfigurationId id) {
    try {
      finished_.push_back(work_.perform(id));
      return true;
    } catch (const Stopped&) {
      return false;
    }
  }

  [[nodiscard]] bool stop_received() {
    constexpr double interval = 1e-3;  // seconds
    if (now_ - asked_at_ < interval) return false;
    asked_at_ = now_;
    return stop_received_();
  }

  void flush_rows() {
    work_.flush();
    flushed_at_ = now_;
  }

  void deliver(bool stopped) {
    deliver_({std::exchange(finished_, {}), stopped});
    delivered_at_ = now_;
  }

  const Work& work_;
  const StopRequest& stop_;
  Deliver deliver_;
  std::function<bool()> stop_received_;
  std::vector<Finished> finished_;  // not reported yet

  Stopwatch stopwatch_;
  double now_ = 0.0;  // end of the last configuration
  double asked_at_ = 0.0;
  double flushed_at_ = 0.0;
  double delivered_at_ = 0.0;
};

}  // namespace flatsweep::schedule
