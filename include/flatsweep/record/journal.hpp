#pragma once

#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include "flatsweep/core/status.hpp"

namespace flatsweep::record {

/// A row of the group /runs: one run of the job on this file.
struct Run {
  using Clock = std::chrono::system_clock;  ///< time of day: for people

  Clock::time_point start;               ///< before its first configuration
  std::optional<Clock::time_point> end;  ///< none while it runs, or where it was killed
  int ranks = 1;                         ///< of the MPI job, rank 0 included
  std::optional<int> exit_code;          ///< none while it runs, or where it was killed
  std::string hosts;                     ///< cut to 256 bytes, like the other texts to their columns' widths
  std::string cpu_model;                 ///< of rank 0's node
  std::string blas_kernel;               ///< dense::library() of rank 0
  std::string build;                     ///< version and commit of the program
};

/// A row of the group /messages: why a configuration failed.
struct Message {
  ConfigurationId id;  ///< which failed
  std::string text;    ///< why
};

}  // namespace flatsweep::record
