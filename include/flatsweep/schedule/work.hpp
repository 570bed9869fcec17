#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>

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

/// What the controller needs to know about a completed configuration.
struct Finished {
  ConfigurationId id{};             ///< which one
  Status status = Status::pending;  ///< never pending once it is completed
  double seconds = 0.0;             ///< wall-clock time of all steps together
  std::string message;              ///< why it failed, else empty

  bool operator==(const Finished&) const = default;  ///< member by member
  /// List the members for mpi::pack().
  static auto members(auto& self) { return std::tie(self.id, self.status, self.seconds, self.message); }
};

/// The work of a sweep as callables: all that `schedule` knows about sampling, solving and files.
struct Work {
  /// Run one configuration and buffer its row. Ids ascend within a batch. A failure is a status: an exception
  /// other than Stopped ends the run. @throws Stopped if a stop request came before the end
  std::function<Finished(ConfigurationId)> perform;
  /// Write the buffered rows to the file. Called at the end of a batch, and after a configuration if 50 ms
  /// have passed since the last call.
  std::function<void()> flush;
  /// Called on rank 0, once a configuration, after its row was flushed: e.g. to write its message.
  std::function<void(const Finished&)> finished;
};

}  // namespace flatsweep::schedule
