#pragma once

#include <chrono>
#include <functional>
#include <utility>

namespace flatsweep {

/// A clock: returns the time. Code that measures times takes one as an argument, so that its tests need not sleep.
using Now = std::function<std::chrono::steady_clock::time_point()>;

/// Measures wall-clock seconds since its construction. Never steers a result.
class Stopwatch {
 public:
  /// Start to measure, by the steady clock.
  Stopwatch() : Stopwatch(std::chrono::steady_clock::now) {}
  /// Start to measure by `now`, e.g. the clock of a test.
  explicit Stopwatch(Now now) : now_(std::move(now)), start_(now_()) {}

  /// Return the seconds since construction.
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(now_() - start_).count(); }

 private:
  Now now_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace flatsweep
