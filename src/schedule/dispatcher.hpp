#pragma once

#include <cstddef>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "schedule/controller.hpp"
#include "schedule/message.hpp"

namespace flatsweep::schedule {

/// Rank 0 of a sweep: carries the controller's decisions to the workers, and their reports to it.
class Dispatcher {
 public:
  Dispatcher(const mpi::Communicator& comm, Controller& controller, const StopRequest& stop);

  /// Hands out, listens and sleeps until the run is over, then tells every worker.
  SweepReport run();

 private:
  void hand_out_in_turns();
  bool hand_out(std::size_t worker);
  /// Takes one report in. @return whether there was one
  bool listen();
  void pass_on_stop();
  void dismiss();
  void send(const Bytes& content, std::size_t worker, Tag tag) const;
  void send_all(const Bytes& content, Tag tag) const;

  const mpi::Communicator& comm_;
  Controller& controller_;
  const StopRequest& stop_;
  std::size_t workers_;
  bool told_to_stop_ = false;
};

}  // namespace flatsweep::schedule
