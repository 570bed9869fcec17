#include "schedule/batch_runner.hpp"

#include <utility>

namespace flatsweep::schedule {

BatchRunner::BatchRunner(const Work& work, const StopRequest& stop, Deliver deliver,
                         std::function<bool()> told_to_stop)
    : work_(work), stop_(stop), deliver_(std::move(deliver)), told_to_stop_(std::move(told_to_stop)) {}

bool BatchRunner::run(const Batch& batch) {
  constexpr double settle_interval = 0.05;  // seconds
  constexpr double report_interval = 2.0;   // seconds
  bool stopped = false;
  for (std::uint64_t i = 0; i < batch.count && !stopped; ++i) {
    stopped = stop_.requested() || told_to_stop() || !perform(batch[i]);
    const bool last = stopped || i + 1 == batch.count;
    if (last || since_settled_.seconds() >= settle_interval) settle();
    if (last || since_delivered_.seconds() >= report_interval) deliver(stopped);
  }
  return !stopped;
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
  if (since_asked_.seconds() < interval) return false;
  since_asked_ = Stopwatch();
  return told_to_stop_();
}

void BatchRunner::settle() {
  work_.settle();
  since_settled_ = Stopwatch();
}

void BatchRunner::deliver(bool stopped) {
  deliver_({std::exchange(finished_, {}), stopped});
  since_delivered_ = Stopwatch();
}

}  // namespace flatsweep::schedule
