#pragma once

#include <tuple>
#include <vector>

#include "flatsweep/schedule/distribute.hpp"

namespace flatsweep::schedule {

/// The protocol between controller and workers. A worker reports each batch when its rows are flushed (a long
/// one also in parts, short ones together) and otherwise waits for messages. It has two batches in flight, or
/// more short ones, performs them in the order of arrival, and reports their configurations in that order.
///
///     worker -> controller   report           what is completed and flushed; whether the worker stopped
///                            acknowledgement  the answer to shutdown: no more messages from this worker
///     controller -> worker   batch            perform these, after the batches that came before
///                            stop             drop all batches, and report that
///                            shutdown         the run is over: its Summary
///
/// A worker that stopped drops all its batches, and those that reach it later; the controller, which alone
/// decides that the run ends, releases them in its ledger and stops the other workers. What the controller
/// sends is small enough never to wait for its receiver, so the two cannot wait for each other.
enum class Tag : int { report, acknowledgement, batch, stop, shutdown };

/// What a worker reports to the controller.
struct Report {
  std::vector<Finished> finished;  ///< in the order in which they were performed; their rows are flushed
  bool stopped = false;            ///< the worker dropped its other batches and performs no more

  bool operator==(const Report&) const = default;  ///< member by member
  /// List the members for mpi::pack().
  static auto members(auto& self) { return std::tie(self.finished, self.stopped); }
};

}  // namespace flatsweep::schedule
