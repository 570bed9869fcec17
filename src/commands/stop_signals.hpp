#pragma once

#include <atomic>

namespace flatsweep::cli {

/// From now on SIGUSR1, SIGUSR2, SIGTERM and SIGINT set this flag and do nothing else.
const std::atomic<bool>& listen_for_stop_signals();

}  // namespace flatsweep::cli
