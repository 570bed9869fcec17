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

  /// @param deliver takes a report at the end of a batch, one for all that ended within 2 ms, and every 2 s
  /// of a long one
  /// @param told_to_stop asked between configurations, at most once a millisecond
  BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver, std::function<bool()> told_to_stop);

  /// Performs `batch` up to its end or a stop. @return false where it was stopped
  bool run(const Batch& batch);

  /// Reports what is not yet reported, as a rank does that has nothing else in hand. @return whether there
  /// was anything
  bool flush();

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

  Stopwatch stopwatch_;
  double now_ = 0.0;  // when the last configuration ended
  double asked_at_ = 0.0;
  double settled_at_ = 0.0;
  double delivered_at_ = 0.0;
};

}  // namespace flatsweep::schedule
