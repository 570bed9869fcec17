#pragma once

#include <atomic>

namespace flatsweep::sweep {

/// From now on SIGUSR1, SIGUSR2, SIGTERM and SIGINT set the returned flag, which is clear now, and do nothing
/// else.
const std::atomic<bool>& listen_for_stop_signals();

}  // namespace flatsweep::sweep
