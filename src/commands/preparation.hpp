#pragma once

#include <optional>
#include <vector>

#include "commands/run_request.hpp"
#include "flatsweep/core/identifier.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "flatsweep/schedule/cost_model.hpp"
#include "flatsweep/schedule/ledger.hpp"

namespace flatsweep::cli {

/// What a sweep starts from. All but the job is on rank 0 only.
struct Preparation {
  std::optional<job::Job> job;
  std::optional<record::RunLock> lock;  // of the results file
  schedule::Ledger ledger{0};
  std::vector<ConfigurationId> deadly;      // have killed their process too often
  std::optional<schedule::CostModel> cost;  // by the rows of earlier runs; none where this is the first
};

/// Rank 0 reads the job, claims the results file and finds out what is left to do; the others hear of it.
/// @throws Error, FileInUse on rank 0 and Dismissed elsewhere
/// @note Collective
Preparation prepare(const RunRequest& request, const mpi::Communicator& comm);

}  // namespace flatsweep::cli
