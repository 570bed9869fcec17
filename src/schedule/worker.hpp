#pragma once

#include <deque>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/schedule/sweep.hpp"
#include "schedule/batch_runner.hpp"

namespace flatsweep::schedule {

/// A rank other than 0: performs the batches it is sent until the controller says that the run is over.
class Worker {
 public:
  Worker(const mpi::Communicator& comm, const Work& work, const StopRequest& stop);

  SweepReport run();

 private:
  /// Takes one message in. @return whether there was one
  bool listen();
  void send(const Report& report);

  const mpi::Communicator& comm_;
  mpi::Outbox reports_;
  const StopRequest& stop_;
  BatchRunner runner_;
  std::deque<Batch> in_hand_;
  bool told_to_stop_ = false;
  bool stopped_ = false;  // for good, and reported: what is in hand or still arrives is dropped
  std::optional<SweepReport> over_;
};

}  // namespace flatsweep::schedule
