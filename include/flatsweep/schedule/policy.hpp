#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "flatsweep/schedule/batch.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "flatsweep/schedule/section.hpp"

namespace flatsweep::schedule {

/// A batch with what was thought of it when it was handed out.
struct Assignment {
  Batch batch;                 ///< what to perform
  ProgramKind kind = 0;        ///< of all of it
  double model_seconds = 0.0;  ///< of one configuration, as the cost model has it
  double seconds = 0.0;        ///< of one configuration, calibrated
};

/// Which batch a worker gets next: the dearest open configurations first, in batches of a fixed part of
/// what is left for each worker (guided self-scheduling), so that all end together. Pure: no clock, no MPI.
class Policy {
 public:
  /// Configurations: however little they cost, and so however many would make a fair part.
  static constexpr std::uint64_t largest_batch = 64;

  /// @param ledger which configurations are open; outlives the policy
  /// @param workers how many share the work, > 0
  Policy(Ledger& ledger, const std::vector<Section>& sections, std::uint64_t workers);

  /// Takes a batch out of the ledger's open configurations.
  /// @param backlog_seconds predicted work the worker has in hand; if any, a further batch is given only
  ///        where it cannot make that worker the last one to finish
  /// @param seconds_left until the deadline; what is predicted to take longer is not started
  std::optional<Assignment> next(double backlog_seconds = 0.0,
                                 double seconds_left = std::numeric_limits<double>::infinity());

  /// What configurations of an assignment took corrects the predictions for its kind.
  void observe(const Assignment& assignment, double measured_seconds) {
    calibration_.observe(assignment.kind, assignment.model_seconds, measured_seconds);
  }

  /// Predicted work that nobody has in hand yet.
  [[nodiscard]] double open_seconds() const;

 private:
  struct OpenSection {
    Section section;  // shrinks from the front
    std::uint64_t open;
  };
  /// Sections of one kind, dearest first: a calibration changes the order between queues only.
  struct Queue {
    ProgramKind kind = 0;
    std::vector<OpenSection> sections;
    std::size_t head = 0;
    double model_seconds = 0.0;  // of all open configurations
  };

  [[nodiscard]] OpenSection* dearest(Queue& queue, double seconds_left) const;
  [[nodiscard]] double batch_seconds() const;
  Assignment take(Queue& queue, OpenSection& from, std::uint64_t limit);

  Ledger& ledger_;
  double workers_;
  Calibration calibration_;
  std::vector<Queue> queues_;
};

}  // namespace flatsweep::schedule
