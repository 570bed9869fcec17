#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/work.hpp"

namespace flatsweep::cli {

/// A worker's hands: runs configurations and records their rows. Rows of consecutive ids wait until the sweep
/// asks to settle, and reach the file together. Where the file cannot be written, the recorder performs no
/// more work, and the sweep stops in order.
class RowRecorder {
 public:
  /// @param sync_seconds how often what was written is forced to disk
  /// All references outlive the recorder.
  RowRecorder(const job::Job& job, record::ResultsWriter& writer, const StopRequest& stop,
              double sync_seconds)
      : job_(job), writer_(writer), stop_(stop), sync_seconds_(sync_seconds) {}

  /// What the sweep is to call, as long as the recorder lives.
  schedule::Work work();

  /// Why the file could not be written; empty where all went well.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  schedule::Finished perform(ConfigurationId id);
  void settle();
  void record(const std::function<void()>& write);

  const job::Job& job_;
  record::ResultsWriter& writer_;
  const StopRequest& stop_;
  double sync_seconds_;
  Stopwatch since_sync_;
  std::vector<experiment::Outcome> rows_;  // consecutive, not yet written
  std::string trouble_;
};

}  // namespace flatsweep::cli
