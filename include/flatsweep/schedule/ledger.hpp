#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/schedule/batch.hpp"

namespace flatsweep::schedule {

/// Where every configuration of a grid stands, one byte each; rank 0 keeps it. A configuration is
/// *open* if it is pending, not excluded from this run and in nobody's hands.
class Ledger {
 public:
  /// All pending.
  explicit Ledger(std::uint64_t size) : Ledger(std::vector<std::uint8_t>(size)) {}

  /// As a results file has them: a status number for each id.
  explicit Ledger(std::vector<std::uint8_t> statuses);

  /// Of the grid.
  [[nodiscard]] std::uint64_t size() const { return entries_.size(); }
  /// Pending also while it is in flight.
  [[nodiscard]] Status status(ConfigurationId id) const;
  /// Whether it may be handed out.
  [[nodiscard]] bool is_open(ConfigurationId id) const { return entry(id) == 0; }

  /// Leaves a configuration to other runs (shards, --where, --pilot). @pre not in flight
  void exclude(ConfigurationId id);

  /// @pre all of `batch` open
  void hand_out(const Batch& batch);
  /// @pre in flight; `status` is not pending
  void settle(ConfigurationId id, Status status);
  /// @pre in flight
  void take_back(ConfigurationId id);

  /// The longest batch of open ids that starts at the first open id of [first, end) and has at most
  /// `limit` of them; empty where none is open.
  [[nodiscard]] Batch next_open(ConfigurationId first, ConfigurationId end, std::uint64_t limit) const;

  /// Open ids in [first, end).
  [[nodiscard]] std::uint64_t count_open(ConfigurationId first, ConfigurationId end) const;

  /// Configurations of this run, i.e. not excluded: in all, by status, open, in flight.
  [[nodiscard]] std::uint64_t included() const { return size() - excluded_; }
  /// Of this run, by status.
  [[nodiscard]] std::uint64_t count(Status status) const { return counts_[static_cast<std::size_t>(status)]; }
  /// Of this run, still to be handed out.
  [[nodiscard]] std::uint64_t open() const { return count(Status::pending) - in_flight_; }
  /// Of this run, handed out and not settled.
  [[nodiscard]] std::uint64_t in_flight() const { return in_flight_; }

 private:
  [[nodiscard]] std::uint8_t entry(ConfigurationId id) const;
  std::uint8_t& entry(ConfigurationId id);

  std::vector<std::uint8_t> entries_;  // status and flags; 0 is open
  std::array<std::uint64_t, status_names.size()> counts_{};
  std::uint64_t excluded_ = 0;
  std::uint64_t in_flight_ = 0;
};

}  // namespace flatsweep::schedule
