#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "flatsweep/core/status.hpp"

namespace flatsweep::record {

/// A row of the group /runs: one run of the job on this file. Texts longer than their columns are cut.
struct Run {
  using Clock = std::chrono::system_clock;  ///< time of day: for people

  Clock::time_point start;               ///< before its first configuration
  std::optional<Clock::time_point> end;  ///< none while it runs, or if it was killed
  int ranks = 1;                         ///< of the MPI job, rank 0 included
  std::optional<int> exit_code;          ///< none while it runs, or if it was killed
  std::string hosts;                     ///< hosts of the ranks, at most 256 bytes
  std::string cpu_model;                 ///< CPU model of rank 0's node
  std::string blas_kernel;               ///< dense::library() of rank 0
  std::string build;                     ///< version and commit of the program
};

/// Return a row of /runs for a run that starts now, with CPU, BLAS and build of this process.
/// @param hosts of all ranks, e.g. `n1*4 n2*4`
Run this_run(int ranks, const std::string& hosts);

/// A row of the group /messages: why a configuration failed.
struct Message {
  ConfigurationId id;  ///< the configuration that failed
  std::string text;    ///< the reason
};

}  // namespace flatsweep::record
