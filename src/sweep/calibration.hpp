#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"

/// Cost models that are corrected by what configurations took on this machine.
namespace flatsweep::sweep {

/// Return a cost model for the configurations of a job, not yet calibrated.
schedule::CostModel cost_model_of(const job::Job& job);

/// Calibrate by some of the rows that earlier runs finished.
/// @param ledger of the rows of `reader`, none of them excluded
schedule::CostModel calibrate_by_rows(const record::ResultsReader& reader, const schedule::Ledger& ledger);

/// Calibrate by probes: run each kind of program of the job for its share of `budget_seconds`, at sizes that
/// grow up to the job's own. Kinds that do not fit into the budget stay uncalibrated.
/// @throws Stopped if the request comes first
schedule::CostModel calibrate_by_probes(const job::Job& job, double budget_seconds, const StopRequest& stop = {});

/// Calibrate by probes for a hundredth of the time that `ranks` ranks need for the job, and at most a second.
/// For the first run on a file only: if a probe kills the process, the next run must do without.
schedule::CostModel calibrate_before_first_run(const job::Job& job, int ranks, const StopRequest& stop);

}  // namespace flatsweep::sweep
