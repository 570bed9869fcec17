// Configurations a second that the scheduler assigns, performs, records and gets reported, if they are empty.
// mpirun -n 4 bench_dispatch [configurations = 10000] [FILE: where to write their rows; none by default]
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "flatsweep/core/stopwatch.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "flatsweep/schedule/distribute.hpp"

using namespace flatsweep;

namespace {

/// Rows with nothing but a status, buffered as those of a real sweep are.
class EmptyRows {
 public:
  EmptyRows(const std::string& file, std::uint64_t configurations, const mpi::Communicator& comm) {
    const job::Job job = job::parse_job("[grid]\nactivation = relu\nlink = matched\ngamma = 0.5\nd = 10\nseed = 0.." +
                                            std::to_string(configurations - 1) + "\n",
                                        "bench");
    if (comm.is_root()) create_results_file(file, job, {}, record::Existing::overwrite);
    comm.barrier();
    writer_ = std::make_unique<record::ResultsWriter>(file, job, comm);
  }

  void add(ConfigurationId id) {
    if (!rows_.empty() && value(rows_.back().id) + 1 != value(id)) write();
    rows_.emplace_back();
    rows_.back().id = id;
    rows_.back().status = Status::solved;
  }
  void write() {
    if (!rows_.empty()) writer_->write(rows_);
    rows_.clear();
  }
  void close() { writer_->close(); }

 private:
  std::unique_ptr<record::ResultsWriter> writer_;
  std::vector<experiment::Outcome> rows_;
};

}  // namespace

int main(int argc, char** argv) {
  const mpi::Environment environment(argc, argv);
  const auto comm = mpi::Communicator::world();
  const std::uint64_t configurations = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 10'000;
  std::unique_ptr<EmptyRows> rows;
  if (argc > 2) rows = std::make_unique<EmptyRows>(argv[2], configurations, comm);

  schedule::Ledger ledger(comm.is_root() ? configurations : 0);
  const schedule::Work work{.perform =
                                [&](ConfigurationId id) {
                                  if (rows) rows->add(id);
                                  return schedule::Finished{id, Status::solved, 1e-6, ""};
                                },
                            .flush =
                                [&] {
                                  if (rows) rows->write();
                                },
                            .finished = [](const schedule::Finished&) {}};
  comm.barrier();
  const Stopwatch stopwatch;
  const auto summary =
      distribute(comm, ledger, {{ConfigurationId{0}, ledger.size(), 1e-6, 0}}, work, schedule::quiet_progress(), {});
  const double seconds = stopwatch.seconds();
  if (rows) rows->close();
  if (comm.is_root()) {
    std::printf("%llu empty configurations over %d ranks, rows %s: %.3f s, %.0f/s\n",
                static_cast<unsigned long long>(summary.performed), comm.size(), rows ? "written" : "not written",
                seconds, static_cast<double>(summary.performed) / seconds);
  }
  return summary.performed == configurations ? EXIT_SUCCESS : EXIT_FAILURE;
}
