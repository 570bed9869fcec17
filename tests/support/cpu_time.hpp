#pragma once

#include <sys/resource.h>

namespace flatsweep {

/// The largest share of a core that a wait may take in a test: far below a loop that asks again and again, which takes
/// all it gets, and above what sanitizers or a loaded machine add to a wait that sleeps.
inline constexpr double share_of_spinning = 0.1;

/// Return the CPU seconds that this process has taken, user and system.
inline double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace flatsweep
