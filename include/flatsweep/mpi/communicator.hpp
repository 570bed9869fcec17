#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace flatsweep::mpi {

/// A message as it arrived.
struct Envelope {
  int source;                      ///< rank that sent it
  int tag;                         ///< as given to send()
  std::vector<std::byte> content;  ///< as given to send()
};

/// The ranks of a run. Nothing here spins: every wait sleeps between looks (Backoff), so that a waiting
/// rank costs less than 2 % of a core. Needs a living Environment.
/// @throws std::runtime_error naming the MPI call that failed
class Communicator {
 public:
  /// Of all ranks that were started together.
  static Communicator world();

  /// Of this process, from 0.
  [[nodiscard]] int rank() const { return rank_; }
  /// How many ranks.
  [[nodiscard]] int size() const { return size_; }
  /// Whether this is rank 0.
  [[nodiscard]] bool is_root() const { return rank_ == 0; }

  /// Returns once `content` may be reused; messages of one source arrive in order. Small messages
  /// (under 4 KiB) do not wait for the receiver.
  void send(std::span<const std::byte> content, int destination, int tag) const;
  /// The next message from any rank; nothing where none has arrived.
  [[nodiscard]] std::optional<Envelope> try_receive() const;
  /// The next message from any rank, waited for.
  [[nodiscard]] Envelope receive() const;

  /// @note Collective
  void barrier() const;
  /// `content` of `root` on every rank, whatever its size was there.
  /// @note Collective
  void broadcast(std::vector<std::byte>& content, int root) const;

 private:
  Communicator(int rank, int size) : rank_(rank), size_(size) {}

  int rank_;
  int size_;
};

}  // namespace flatsweep::mpi
