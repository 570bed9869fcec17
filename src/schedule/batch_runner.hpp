#pragma once

#include <functional>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/schedule/batch.hpp"
#include "flatsweep/schedule/work.hpp"
#include "schedule/message.hpp"

namespace flatsweep::schedule {

/// Performs batches on this rank and reports configurations once their rows are settled.
class BatchRunner {
 public:
  using Deliver = std::function<void(const Report&)>;

  /// @param deliver takes a report at the end of a batch, and every 2 s of a long one
  /// @param told_to_stop asked between configurations, at most once a millisecond
  BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver, std::function<bool()> told_to_stop);

  /// Performs `batch` up to its end or a stop. @returns false where it was stopped
  bool run(const Batch& batch);

 private:
  [[nodiscard]] bool perform(ConfigurationId id);
  [[nodiscard]] bool told_to_stop();
  void settle();
  void deliver(bool stopped);

  const Work& work_;
  const StopRequest& stop_;
  Deliver deliver_;
  std::function<bool()> told_to_stop_;
  std::vector<Finished> finished_;  // and not yet reported
  Stopwatch since_asked_;
  Stopwatch since_settled_;
  Stopwatch since_delivered_;
};

}  // namespace flatsweep::schedule
