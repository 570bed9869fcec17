#include "flatsweep/mpi/backoff.hpp"

#include <algorithm>
#include <thread>

namespace flatsweep::mpi {

Backoff::Backoff() : sleep_([](std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); }) {}

void Backoff::pause() {
  constexpr int hot_looks = 15;  // about a millisecond, as the kernel adds some 50 us to each sleep
  constexpr double growth = 1.2;
  sleep_(next_);
  if (++looks_ <= hot_looks) return;
  next_ = std::min(longest, std::chrono::duration_cast<std::chrono::nanoseconds>(next_ * growth));
}

void Backoff::reset() {
  looks_ = 0;
  next_ = shortest;
}

}  // namespace flatsweep::mpi
