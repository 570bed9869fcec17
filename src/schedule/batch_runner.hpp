#pragma once

#include <functional>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/schedule/distribute.hpp"
#include "schedule/message.hpp"

namespace flatsweep::schedule {

/// Performs batches on this rank, and reports configurations once their rows are flushed.
class BatchRunner {
 public:
  using Deliver = std::function<void(const Report&)>;  ///< takes a report to the controller

  /// @param deliver called at the end of a batch, once for all batches that end within 2 ms, and every 2 s
  /// within a long batch
  /// @param stop_received whether the controller asked to stop; called between two configurations, at most
  /// once a millisecond
  /// @param now the time; `work` and `stop` outlive the runner
  BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver, std::function<bool()> stop_received,
              const Now& now = std::chrono::steady_clock::now);

  /// Perform `batch` up to its end or a stop. @return false if it was stopped
  bool run(const Batch& batch);

  /// Report all that is not reported yet, as a worker does that has no further batch. @return whether there
  /// was anything to report
  bool report();

 private:
  [[nodiscard]] bool perform(ConfigurationId id);
  [[nodiscard]] bool stop_received();
  void flush_rows();
  void deliver(bool stopped);

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
