#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace flatsweep::mpi {

/// The sleeps between looks for something that arrives sooner or later: 20 us for the first
/// millisecond or so, then growing to 5 ms, at which looking costs less than 1 % of a core.
class Backoff {
 public:
  /// Lets the calling thread sleep.
  using Sleep = std::function<void(std::chrono::nanoseconds)>;

  /// Sleep by std::this_thread::sleep_for.
  Backoff();
  /// Sleep by `sleep`, e.g. the clock of a test.
  explicit Backoff(Sleep sleep) : sleep_(std::move(sleep)) {}

  /// Sleep once.
  void pause();
  /// Make the next sleep the shortest again, because something arrived.
  void reset();

 private:
  static constexpr std::chrono::nanoseconds shortest = std::chrono::microseconds(20);
  static constexpr std::chrono::nanoseconds longest = std::chrono::milliseconds(5);

  Sleep sleep_;
  int looks_ = 0;
  std::chrono::nanoseconds next_ = shortest;
};

}  // namespace flatsweep::mpi
