#pragma once

#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/schedule/cost_model.hpp"

namespace flatsweep::cli {

/// A cost model for the configurations of a job, before it knows this machine.
schedule::CostModel cost_model_of(const job::Job& job);

/// A cost model that knows this machine: each kind of program of the job is run for its share of
/// `budget_seconds`, at sizes that grow up to the job's own. What does not fit stays as it is.
/// @throws Stopped where the request comes first
schedule::CostModel probe(const job::Job& job, double budget_seconds, const StopRequest& stop = {});

/// The same for a hundredth of the time that `ranks` ranks need for the job, and at most a second. For a
/// first run only: where a probe kills the process, the next run must go without.
schedule::CostModel probe_before_sweep(const job::Job& job, int ranks, const StopRequest& stop);

}  // namespace flatsweep::cli
