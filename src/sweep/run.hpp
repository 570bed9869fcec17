#pragma once

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/schedule/progress.hpp"
#include "sweep/request.hpp"

namespace flatsweep::sweep {

/// Run the sweep of a job, or continue it, until it is done or told to stop, and say on stderr what is left.
/// From then on SIGUSR1, SIGUSR2, SIGTERM and SIGINT stop this process in order, and a crash marks its row.
/// @param progress called on rank 0
/// @return the exit code, the same on every rank
/// @throws Error, FileInUse on rank 0 and mpi::RootFailed on the others if the run cannot start
/// @note Collective
ExitCode run(const Request& request, const schedule::ProgressSink& progress, const mpi::Communicator& comm);

}  // namespace flatsweep::sweep
