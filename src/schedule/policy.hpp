#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::schedule {

/// A batch in flight, with the cost that was predicted when it was assigned.
struct Assignment {
  Batch batch;                 ///< what to perform
  ProgramKind kind = 0;        ///< the same for all of it
  double model_seconds = 0.0;  ///< one configuration, as the cost model predicts it
  double seconds = 0.0;        ///< one configuration, after calibration
  std::uint64_t done = 0;      ///< configurations of the batch that were completed

  /// Return the predicted seconds of what is not completed.
  [[nodiscard]] double seconds_left() const { return static_cast<double>(batch.count - done) * seconds; }
};

/// Decides which batch a worker gets next. The open configurations with the longest processing time come
/// first (Graham 1969), in batches of a fixed part of what is left for each worker (guided self-scheduling,
/// Polychronopoulos and Kuck 1987), so that all workers end together. Pure: no clock, no MPI.
class Policy {
 public:
  /// Most configurations of a batch, however little they cost.
  static constexpr std::uint64_t largest_batch = 64;

  /// @param ledger which configurations are open; outlives the policy
  /// @param workers number of workers, > 0
  Policy(Ledger& ledger, const std::vector<Section>& sections, std::uint64_t workers);

  /// Assign a batch of the ledger's open configurations.
  /// @param backlog_seconds predicted work in flight on that worker; if there is any, a further batch is
  ///        assigned only if it cannot make that worker the last one to finish
  /// @param seconds_left time until the deadline; what is predicted to take longer is not started
  std::optional<Assignment> next(double backlog_seconds = 0.0,
                                 double seconds_left = std::numeric_limits<double>::infinity());

  /// Correct the predictions for the assignment's kind by the time that one of its configurations took.
  void observe(const Assignment& assignment, double measured_seconds) {
    calibration_.observe(assignment.kind, assignment.model_seconds, measured_seconds);
  }

  /// Return the predicted seconds of all open configurations.
  [[nodiscard]] double open_seconds() const;

 private:
  struct OpenSection {
    Section section;  // shrinks from the front
    std::uint64_t open;
  };
  /// Sections of one kind, the most expensive first: a calibration changes the order between queues only.
  struct Queue {
    ProgramKind kind = 0;
    std::vector<OpenSection> sections;
    std::size_t head = 0;
    double model_seconds = 0.0;  // sum over all open configurations
  };

  [[nodiscard]] OpenSection* most_expensive(Queue& queue, double seconds_left) const;
  [[nodiscard]] double batch_seconds() const;
  Assignment take(Queue& queue, OpenSection& from, std::uint64_t limit);

  Ledger& ledger_;
  double workers_;
  Calibration calibration_;
  std::vector<Queue> queues_;
};

}  // namespace flatsweep::schedule
