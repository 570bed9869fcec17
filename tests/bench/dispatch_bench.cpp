// Configurations a second that the scheduler hands out, performs and hears of, where they are empty.
// mpirun -n 4 bench_dispatch [configurations = 10000]
#include <cstdio>
#include <cstdlib>

#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "flatsweep/schedule/sweep.hpp"

int main(int argc, char** argv) {
  using namespace flatsweep;
  const mpi::Environment environment(argc, argv);
  const auto comm = mpi::Communicator::world();
  const std::uint64_t configurations = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;

  schedule::Ledger ledger(comm.is_root() ? configurations : 0);
  const schedule::Work work{.perform =
                                [](ConfigurationId id) {
                                  return schedule::Finished{id, Status::solved, 1e-6, ""};
                                },
                            .settle = [] {},
                            .finished = [](const schedule::Finished&) {}};
  comm.barrier();
  const Stopwatch stopwatch;
  const auto report = run_sweep(comm, ledger, {{ConfigurationId{0}, ledger.size(), 1e-6, 0}}, work,
                                schedule::quiet_progress(), {});
  const double seconds = stopwatch.seconds();
  if (comm.is_root()) {
    std::printf("%llu empty configurations over %d ranks: %.3f s, %.0f/s\n",
                static_cast<unsigned long long>(report.performed), comm.size(), seconds,
                static_cast<double>(report.performed) / seconds);
  }
  return report.performed == configurations ? EXIT_SUCCESS : EXIT_FAILURE;
}
