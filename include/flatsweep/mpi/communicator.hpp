#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace flatsweep::mpi {

/// A message as it arrived.
struct Envelope {
  int source;
  int tag;
  std::vector<std::byte> content;
};

/// The ranks of a run. Nothing here spins: every wait sleeps between looks, from microseconds up to
/// 5 ms, so that a waiting rank costs less than 2 % of a core.
class Communicator {
 public:
  static Communicator world();

  [[nodiscard]] int rank() const;
  [[nodiscard]] int size() const;
  [[nodiscard]] bool is_root() const { return rank() == 0; }

  void send(std::span<const std::byte> content, int destination, int tag) const;
  [[nodiscard]] std::optional<Envelope> try_receive() const;
  [[nodiscard]] Envelope receive() const;

  /// @note Collective
  void barrier() const;
  /// @note Collective
  void broadcast(std::vector<std::byte>& content, int root) const;
};

}  // namespace flatsweep::mpi
