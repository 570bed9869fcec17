#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>

namespace flatsweep {

/// Unwinds an abandoned computation; what it would have returned is not recorded. No std::exception, because
/// nothing failed: no handler of errors should catch it.
struct Stopped {};

/// A request to end early, polled by every long loop. It is cheap enough to be polled once a matrix product,
/// and a signal handler may set its flag.
class StopRequest {
 public:
  using Clock = std::chrono::steady_clock;  ///< unaffected by changes of the system's clock

  /// A request that never comes.
  StopRequest() = default;

  /// A request that comes when `flag`, which outlives it, is set, or at the deadline.
  explicit StopRequest(const std::atomic<bool>& flag, std::optional<Clock::time_point> deadline = std::nullopt)
      : flag_(&flag), deadline_(deadline) {}

  /// A request that comes when `asked`, which the computing thread calls at every poll, returns true. It must go on to
  /// do so.
  explicit StopRequest(std::function<bool()> asked) : asked_(std::move(asked)) {}

  /// Whether it has come.
  [[nodiscard]] bool requested() const {
    return (flag_ != nullptr && flag_->load(std::memory_order_relaxed)) || (deadline_ && Clock::now() >= *deadline_) ||
           (asked_ && asked_());
  }

  /// Stop if the request has come.
  /// @throws Stopped once the request has come
  void check() const {
    if (requested()) throw Stopped{};
  }

 private:
  const std::atomic<bool>* flag_ = nullptr;
  std::optional<Clock::time_point> deadline_;
  std::function<bool()> asked_;
};

}  // namespace flatsweep
