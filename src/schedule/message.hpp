#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "flatsweep/schedule/batch.hpp"
#include "flatsweep/schedule/sweep.hpp"
#include "flatsweep/schedule/work.hpp"

namespace flatsweep::schedule {

/// The protocol between controller and workers. A worker reports each batch when its rows are settled
/// (a long one also in parts, short ones together) and otherwise waits to be told; it has two batches in
/// hand, or more short ones, performs them in the order of arrival, and reports their configurations in that
/// order.
///
///     worker -> controller   report    what is settled; whether the worker stopped
///                            farewell  nothing follows from this worker: the answer to finish
///     controller -> worker   batch     perform these, after those in hand
///                            stop      drop what is in hand, and report that
///                            finish    the run is over: its SweepReport
///
/// A worker that stopped drops all it has and whatever batch reaches it later; the controller, which alone
/// decides that the run ends, takes those back and stops the others. What the controller sends is small
/// enough never to wait for its receiver, so the two cannot wait for each other.
enum class Tag : int { report, farewell, batch, stop, finish };

struct Report {
  std::vector<Finished> finished;
  bool stopped = false;

  bool operator==(const Report&) const = default;
};

using Bytes = std::vector<std::byte>;

Bytes encode(const Report& report);
Bytes encode(const Batch& batch);
Bytes encode(const SweepReport& report);

/// @pre `content` is what encode gave
Report decode_report(std::span<const std::byte> content);
Batch decode_batch(std::span<const std::byte> content);
SweepReport decode_sweep_report(std::span<const std::byte> content);

}  // namespace flatsweep::schedule
