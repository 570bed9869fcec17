#pragma once

#include <chrono>

namespace flatsweep::mpi {

/// The sleeps between looks for something that arrives sooner or later: 20 us for the first
/// millisecond or so, then growing to 5 ms, where looking costs less than 1 % of a core.
class Backoff {
 public:
  /// Sleeps once.
  void pause();
  /// Something arrived: the next sleep is the shortest again.
  void reset() { *this = Backoff(); }

 private:
  static constexpr std::chrono::nanoseconds shortest = std::chrono::microseconds(20);
  static constexpr std::chrono::nanoseconds longest = std::chrono::milliseconds(5);

  int looks_ = 0;
  std::chrono::nanoseconds sleep_ = shortest;
};

}  // namespace flatsweep::mpi
