#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::mpi {

/// Messages on their way: who sends them goes on before they have arrived. They arrive in order, also with
/// those that the communicator sends.
/// @throws std::runtime_error naming the MPI call that failed
class Outbox {
 public:
  /// Sends to the ranks of `comm`.
  explicit Outbox(const Communicator& comm);
  /// @pre flushed, or MPI is about to be aborted
  ~Outbox();

  /// Waits only where many are on their way.
  void send(std::vector<std::byte> content, int destination, int tag);
  /// Returns once all have left.
  void flush();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::mpi
