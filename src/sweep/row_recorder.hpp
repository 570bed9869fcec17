#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/distribute.hpp"

namespace flatsweep::sweep {

/// Runs configurations and buffers their rows for the results file: rows of consecutive ids are written
/// together. If the file cannot be written, the recorder runs no more configurations and the sweep stops in
/// order.
class RowRecorder {
 public:
  /// @param sync_seconds how often what was written is forced to disk
  /// All references outlive the recorder.
  RowRecorder(const job::Job& job, record::ResultsWriter& writer, const StopRequest& stop, double sync_seconds)
      : job_(job), writer_(writer), stop_(stop), sync_seconds_(sync_seconds) {}

  /// The callables for the sweep; they live as long as the recorder.
  schedule::Work work();

  /// Why the file could not be written; empty if it could.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  schedule::Finished run(ConfigurationId id);
  void flush();
  void try_to(const std::function<void()>& write);

  const job::Job& job_;
  record::ResultsWriter& writer_;
  const StopRequest& stop_;
  double sync_seconds_;
  Stopwatch since_sync_;
  std::vector<experiment::Outcome> rows_;  // consecutive, not yet written
  std::string failure_;
};

}  // namespace flatsweep::sweep
