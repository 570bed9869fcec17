// Commands that act, or compute, do nothing in a fuzzing target. What run and solve are asked for is read,
// though.
#include "commands/commands.hpp"
#include "commands/run_request.hpp"
#include "commands/solve_request.hpp"

namespace flatsweep::cli {

int run(const Arguments& arguments) {
  const auto request = read_run_request(arguments);
  if (!request) return everything_done;
  const job::Job job = job::read_job(request->job_file, request->overrides);
  static_cast<void>(select(request->part, job.grid).contains(ConfigurationId{job.grid.size() - 1}));
  return everything_done;
}

int solve(const Arguments& arguments) {
  static_cast<void>(read_solve_request(arguments));
  return everything_done;
}

int plan(const Arguments&) { return everything_done; }
int verify(const Arguments&) { return everything_done; }
int doctor(const Arguments&) { return everything_done; }

}  // namespace flatsweep::cli
