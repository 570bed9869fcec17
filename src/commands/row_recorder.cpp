#include "commands/row_recorder.hpp"

#include <utility>

#include "commands/crash_marks.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/experiment.hpp"

namespace flatsweep::cli {

schedule::Work RowRecorder::work() {
  return {[this](ConfigurationId id) { return perform(id); }, [this] { settle(); },
          [this](const schedule::Finished& finished) {
            if (finished.message.empty()) return;
            record([&] { writer_.write_message(finished.id, finished.message); });
          }};
}

schedule::Finished RowRecorder::perform(ConfigurationId id) {
  if (!trouble_.empty()) throw Stopped();
  const Stopwatch watch;
  experiment::Outcome outcome = [&] {
    const InFlight in_flight(id);
    return experiment::compute_outcome(job_.grid[id], job_.settings, stop_);
  }();
  const bool continues = rows_.empty() || value(rows_.back().id) + 1 == value(id);
  if (!continues) settle();
  schedule::Finished finished{id, outcome.status, watch.seconds(), outcome.message};
  rows_.push_back(std::move(outcome));
  return finished;
}

void RowRecorder::settle() {
  record([&] {
    writer_.write(rows_);
    if (since_sync_.seconds() < sync_seconds_) return;
    writer_.sync();
    since_sync_ = Stopwatch();
  });
  rows_.clear();
}

void RowRecorder::record(const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    if (trouble_.empty()) trouble_ = error.what();
  }
}

}  // namespace flatsweep::cli
