#include "schedule/batch_runner.hpp"

#include <utility>

namespace flatsweep::schedule {

BatchRunner::BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver,
                         std::function<bool()> told_to_stop)
    : work_(work), stop_(stop), deliver_(std::move(deliver)), told_to_stop_(std::move(told_to_stop)) {}

bool BatchRunner::run(const Batch& batch) {
  constexpr double settle_interval = 0.05;            // seconds
  constexpr double report_interval = 2.0;             // seconds, within a batch
  constexpr double shortest_report_interval = 0.002;  // seconds, between batches
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    if (stop_.requested() || told_to_stop() || !perform(batch[i])) {
      settle();
      deliver(true);
      return false;
    }
    now_ = stopwatch_.seconds();
    if (now_ - settled_at_ >= settle_interval) settle();
    if (now_ - delivered_at_ >= report_interval) flush();
  }
  if (now_ - delivered_at_ >= shortest_report_interval) flush();
  return true;
}

bool BatchRunner::flush() {
  if (finished_.empty()) return false;
  settle();
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

bool BatchRunner::told_to_stop() {
  constexpr double interval = 1e-3;  // seconds
  if (now_ - asked_at_ < interval) return false;
  asked_at_ = now_;
  return told_to_stop_();
}

void BatchRunner::settle() {
  work_.settle();
  settled_at_ = now_;
}

void BatchRunner::deliver(bool stopped) {
  deliver_({std::exchange(finished_, {}), stopped});
  delivered_at_ = now_;
}

}  // namespace flatsweep::schedule
