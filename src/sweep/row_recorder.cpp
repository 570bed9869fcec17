#include "sweep/row_recorder.hpp"

#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "sweep/crash_marks.hpp"

namespace flatsweep::sweep {

schedule::Work RowRecorder::work() {
  return {.perform = [this](ConfigurationId id) { return run(id); },
          .flush = [this] { flush(); },
          .finished =
              [this](const schedule::Finished& finished) {
                if (finished.message.empty()) return;
                try_to([&] { writer_.write_message(finished.id, finished.message); });
              }};
}

schedule::Finished RowRecorder::run(ConfigurationId id) {
  if (!failure_.empty()) throw Stopped();
  const Stopwatch watch;
  experiment::Outcome outcome = [&] {
    const InFlight in_flight(id);
    return experiment::compute_outcome(job_.grid[id], job_.settings, stop_);
  }();
  const bool is_consecutive = rows_.empty() || value(rows_.back().id) + 1 == value(id);
  if (!is_consecutive) flush();
  schedule::Finished finished{id, outcome.status, watch.seconds(), outcome.message};
  rows_.push_back(std::move(outcome));
  return finished;
}

void RowRecorder::flush() {
  try_to([&] {
    writer_.write(rows_);
    if (since_sync_.seconds() < sync_seconds_) return;
    writer_.sync();
    since_sync_ = Stopwatch();
  });
  rows_.clear();
}

void RowRecorder::try_to(const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    if (failure_.empty()) failure_ = error.what();
  }
}

}  // namespace flatsweep::sweep
