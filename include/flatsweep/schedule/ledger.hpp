#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/status.hpp"

namespace flatsweep::schedule {

/// Configurations of consecutive ids that one worker performs in ascending order.
struct Batch {
  ConfigurationId first{};  ///< the smallest id
  std::uint64_t count = 0;  ///< number of configurations; 0 if there is nothing to do

  /// Return the id at this offset. @pre offset <= count; count gives the end of the batch
  [[nodiscard]] ConfigurationId operator[](std::uint64_t offset) const {
    return ConfigurationId{value(first) + offset};
  }
  bool operator==(const Batch&) const = default;  ///< member by member
};

/// The state of every configuration of a grid, one byte each; kept by rank 0. A configuration is *open* if
/// it is pending, not excluded from this run and not in flight (assigned to a worker).
class Ledger {
 public:
  /// Start with `size` pending configurations.
  explicit Ledger(std::uint64_t size) : Ledger(std::vector<Status>(size)) {}

  /// Start with the status of each id, e.g. as a results file has them. The memory is kept, not copied.
  explicit Ledger(std::vector<Status> statuses);

  /// Return the number of configurations of the grid.
  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
  /// Return the status of one configuration; it is pending while it is in flight.
  [[nodiscard]] Status status(ConfigurationId id) const;
  /// Return whether the configuration may be assigned.
  [[nodiscard]] bool is_open(ConfigurationId id) const { return entry(id) == Status::pending; }

  /// Leave a configuration to other runs (--shard, --where, --pilot). @pre not in flight
  void exclude(ConfigurationId id);

  /// Mark a batch as in flight. @pre all of it is open
  void assign(const Batch& batch);
  /// Record the end of a configuration. @pre it is in flight and `status` is not pending
  void complete(ConfigurationId id, Status status);
  /// Make a configuration that was not performed open again. @pre it is in flight
  void release(ConfigurationId id);

  /// Return the longest batch of open ids that starts at the first open id of [first, end) and has at most
  /// `limit` ids; an empty batch if none is open.
  [[nodiscard]] Batch next_open(ConfigurationId first, ConfigurationId end, std::uint64_t limit) const;

  /// Count the open ids in [first, end).
  [[nodiscard]] std::uint64_t count_open(ConfigurationId first, ConfigurationId end) const;

  /// Return the number of configurations of this run, i.e. of those not excluded.
  [[nodiscard]] std::uint64_t included() const;
  /// Return how many configurations of this run have this status.
  [[nodiscard]] std::uint64_t count(Status status) const;
  /// Return how many configurations of this run can still be assigned.
  [[nodiscard]] std::uint64_t open() const { return counts_[0]; }
  /// Return how many configurations are assigned and not completed.
  [[nodiscard]] std::uint64_t in_flight() const;

 private:
  [[nodiscard]] Status entry(ConfigurationId id) const;
  void change(ConfigurationId id, Status from, Status to);

  std::vector<Status> entries_;             // a status, with a flag in its high bits if excluded or in flight
  std::array<std::uint64_t, 32> counts_{};  // of each entry
};

}  // namespace flatsweep::schedule
