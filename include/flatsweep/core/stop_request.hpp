#pragma once

#include <atomic>
#include <chrono>
#include <optional>

namespace flatsweep {

/// Unwinds an abandoned computation; what it would have returned is not recorded.
struct Stopped {};

/// A request to end early, asked of by every loop that may run for long. Cheap enough to be
/// asked once a matrix product; a signal handler may set the flag.
class StopRequest {
 public:
  using Clock = std::chrono::steady_clock;  ///< someone may set the other one

  /// A request that never comes.
  StopRequest() = default;

  /// A request that comes when `flag`, which outlives it, is set, or at the deadline.
  explicit StopRequest(const std::atomic<bool>& flag,
                       std::optional<Clock::time_point> deadline = std::nullopt)
      : flag_(&flag), deadline_(deadline) {}

  /// Whether it has come.
  [[nodiscard]] bool requested() const {
    return (flag_ != nullptr && flag_->load(std::memory_order_relaxed)) ||
           (deadline_ && Clock::now() >= *deadline_);
  }

  /// @throws Stopped once the request has come
  void check() const {
    if (requested()) throw Stopped{};
  }

 private:
  const std::atomic<bool>* flag_ = nullptr;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace flatsweep
