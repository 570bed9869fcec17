#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "sweep/part.hpp"

namespace flatsweep::sweep {

/// What one run of a sweep is asked to do.
struct Request {
  std::filesystem::path job_file;
  std::vector<job::Override> overrides;  // of keys of the job file
  std::filesystem::path output;          // the results file
  bool overwrite = false;                // an existing file is replaced, not continued
  bool extend = false;                   // an existing file of a part of the grid grows
  bool quiet = false;                    // no messages about what the exit code shows too
  double sync_seconds = 10.0;            // how often results are forced to disk
  std::vector<Status> retry;             // statuses that are tried again
  std::chrono::milliseconds patience = record::Patience::default_limit;  // while another run holds the file
  Part part;
  std::filesystem::path reuse;  // a results file whose rows are copied; empty for none
  std::optional<StopRequest::Clock::time_point> deadline;
};

/// Run the sweep of a job, or continue it, until it is done or a stop is requested, and print on stderr what
/// is left. From then on SIGUSR1, SIGUSR2, SIGTERM and SIGINT stop this process in order, and a crash is
/// counted in its row.
/// @param progress called on rank 0
/// @return the exit code, the same on every rank
/// @throws Error, FileInUse on rank 0 and mpi::RootFailed on the others if the run cannot start
/// @note Collective
ExitCode run(const Request& request, const schedule::ProgressSink& progress, const mpi::Communicator& comm);

}  // namespace flatsweep::sweep
