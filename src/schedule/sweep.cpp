#include "flatsweep/schedule/sweep.hpp"

#include <algorithm>

#include "schedule/batch_runner.hpp"
#include "schedule/controller.hpp"
#include "schedule/dispatcher.hpp"
#include "schedule/worker.hpp"

namespace flatsweep::schedule {
namespace {

SweepReport run_alone(Controller& controller, const Work& work, const StopRequest& stop) {
  const auto accept = [&controller](const Report& report) {
    controller.accept(0, report);
    controller.show_progress();
  };
  BatchRunner runner(work, stop, accept, [] { return false; });
  for (bool busy = true; busy;) {
    const auto batch = controller.assign(0);
    busy = batch ? (runner.run(*batch), true) : runner.flush();
  }
  return controller.report();
}

}  // namespace

SweepReport run_sweep(const mpi::Communicator& comm, Ledger& ledger, const std::vector<Section>& sections,
                      const Work& work, const ProgressSink& progress, const StopRequest& stop,
                      std::optional<StopRequest::Clock::time_point> deadline) {
  SweepReport report;
  if (comm.is_root()) {
    const auto workers = static_cast<std::size_t>(std::max(1, comm.size() - 1));
    Controller controller(ledger, sections, workers, work.finished, progress, deadline);
    report = comm.size() == 1 ? run_alone(controller, work, stop) : Dispatcher(comm, controller, stop).run();
    controller.end_progress();
  } else {
    report = Worker(comm, work, stop).run();
  }
  comm.barrier();
  return report;
}

}  // namespace flatsweep::schedule
