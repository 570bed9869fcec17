#include "flatsweep/mpi/backoff.hpp"

#include <algorithm>
#include <thread>

namespace flatsweep::mpi {

void Backoff::pause() {
  constexpr int hot_looks = 15;  // about a millisecond, as the kernel adds some 50 us to each sleep
  constexpr double growth = 1.2;
  std::this_thread::sleep_for(sleep_);
  if (++looks_ <= hot_looks) return;
  sleep_ = std::min(longest, std::chrono::duration_cast<std::chrono::nanoseconds>(sleep_ * growth));
}

}  // namespace flatsweep::mpi
