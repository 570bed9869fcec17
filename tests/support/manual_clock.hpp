#pragma once

#include <chrono>

#include "flatsweep/core/stopwatch.hpp"

namespace flatsweep::test {

/// A clock that stands still until a test advances it.
class ManualClock {
 public:
  void advance(std::chrono::nanoseconds step) { time_ += step; }

  /// Return what the code under test takes for the time. The clock outlives it.
  [[nodiscard]] Now now() const {
    return [this] { return time_; };
  }

 private:
  std::chrono::steady_clock::time_point time_{};
};

}  // namespace flatsweep::test
