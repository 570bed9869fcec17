#pragma once

#include <optional>
#include <vector>

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"
#include "sweep/run.hpp"

namespace flatsweep::sweep {

/// The job of a run, and the right to write its results file.
struct Claim {
  job::Job job;                         // on every rank
  std::optional<record::RunLock> lock;  // of the results file; on rank 0 only
};

/// Read the job and claim its results file: continue or create it, and copy the rows to be reused. Nothing is
/// written unless all of the request can be honoured.
/// @throws Error, FileInUse on rank 0 and mpi::RootFailed on the others
/// @note Collective
Claim claim_results(const Request& request, const mpi::Communicator& comm);

/// What a run is to do: the configurations that are open, and what they are predicted to cost.
struct Plan {
  schedule::Ledger ledger{0};
  std::vector<schedule::Section> sections;
};

/// Find out what is left to do, on rank 0: enter the run into /runs, leave out what is done, excluded or
/// quarantined, i.e. given up because it crashed three times, and calibrate the cost model by the rows of earlier runs,
/// if there were any.
/// @param job, writer of the claimed results file
/// @param run its row of /runs
Plan prepare(const Request& request, const job::Job& job, record::ResultsWriter& writer, const record::Run& run,
             const StopRequest& stop);

}  // namespace flatsweep::sweep
