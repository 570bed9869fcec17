#pragma once

#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/work.hpp"

namespace flatsweep::cli {

/// A worker's hands: runs configurations and records their rows. Rows of consecutive ids wait until `settle`
/// and reach the file together.
class RowRecorder {
 public:
  /// @param sync_seconds how often what was written is forced to disk
  /// All references outlive the recorder.
  RowRecorder(const job::Job& job, record::ResultsWriter& writer, const StopRequest& stop,
              double sync_seconds)
      : job_(job), writer_(writer), stop_(stop), sync_seconds_(sync_seconds) {}

  /// @throws Stopped where the request comes first
  schedule::Finished perform(ConfigurationId id);
  void settle();

 private:
  const job::Job& job_;
  record::ResultsWriter& writer_;
  const StopRequest& stop_;
  double sync_seconds_;
  Stopwatch since_sync_;
  std::vector<experiment::Outcome> rows_;  // consecutive, not yet written
};

}  // namespace flatsweep::cli
