#include "row_recorder.hpp"

#include <iomanip>
#include <sstream>
#include <utility>

#include "crash_marks.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/run_experiment.hpp"
#include "flatsweep/schedule/memory_model.hpp"

namespace flatsweep::cli {

namespace {

std::string too_large(double needed_bytes, double node_bytes) {
  std::ostringstream message;
  message << std::fixed << std::setprecision(1) << "needs about " << needed_bytes / 1e9
          << " GB of memory, and its node has " << node_bytes / 1e9 << " GB";
  return message.str();
}

experiment::Outcome failed(ConfigurationId id, std::string message) {
  experiment::Outcome outcome;
  outcome.id = id;
  outcome.status = Status::failed;
  outcome.message = std::move(message);
  return outcome;
}

}  // namespace

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
  experiment::Outcome outcome = outcome_of(job_.grid[id]);
  const bool continues = rows_.empty() || value(rows_.back().id) + 1 == value(id);
  if (!continues) settle();
  schedule::Finished finished{id, outcome.status, watch.seconds(), outcome.message};
  rows_.push_back(std::move(outcome));
  return finished;
}

experiment::Outcome RowRecorder::outcome_of(const job::Configuration& configuration) const {
  const double bytes = schedule::memory_bytes(configuration, job_.settings);
  if (bytes > node_memory_bytes_) return failed(configuration.id, too_large(bytes, node_memory_bytes_));
  const InFlight in_flight(configuration.id);
  return experiment::run_experiment(configuration, job_.settings, stop_);
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
