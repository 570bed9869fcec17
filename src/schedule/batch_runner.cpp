#include "schedule/batch_runner.hpp"

#include <utility>

namespace flatsweep::schedule {

BatchRunner::BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver,
                         std::function<bool()> stop_received, const Now& now)
    : work_(work),
      stop_(stop),
      deliver_(std::move(deliver)),
      stop_received_(std::move(stop_received)),
      stopwatch_(now) {}

bool BatchRunner::run(const Batch& batch) {
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

bool BatchRunner::report() {
  if (finished_.empty()) return false;
  flush_rows();
  deliver(false);
  return true;
}

bool BatchRunner::perform(ConfigurationId id) {
  try {
    finished_.push_back(work_.perform(id));
    return true;
  } catch (const Stopped&) {
    return false;
  }
}

bool BatchRunner::stop_received() {
  constexpr double interval = 1e-3;  // seconds
  if (now_ - asked_at_ < interval) return false;
  asked_at_ = now_;
  return stop_received_();
}

void BatchRunner::flush_rows() {
  work_.flush();
  flushed_at_ = now_;
}

void BatchRunner::deliver(bool stopped) {
  deliver_({std::exchange(finished_, {}), stopped});
  delivered_at_ = now_;
}

}  // namespace flatsweep::schedule
