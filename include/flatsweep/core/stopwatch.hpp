#pragma once

#include <chrono>

namespace flatsweep {

/// Wall-clock seconds since construction. Never steers a result.
class Stopwatch {
 public:
  /// Since construction.
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

}  // namespace flatsweep
