// record_writer FILE once|forever: creates or continues FILE and writes every row but the last, row by row,
// over all ranks; `forever` begins again and again until it is killed.
#include <chrono>
#include <iostream>
#include <optional>
#include <string_view>
#include <thread>

#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_writer.hpp"
#include "record_fixture.hpp"

using namespace flatsweep;
using namespace flatsweep::record;

namespace {

void write_rows(ResultsWriter& writer, const job::Job& job, const mpi::Communicator& comm) {
  const auto ranks = static_cast<std::uint64_t>(comm.size());
  for (auto id = static_cast<std::uint64_t>(comm.rank()); id + 1 < job.grid.size(); id += ranks) {
    const Status status = id % 7 == 3 ? Status::infeasible : id % 7 == 5 ? Status::failed : Status::solved;
    const experiment::Outcome row = test::numbered_outcome(id, job, status);
    writer.write(std::span(&row, 1));
    if (comm.is_root() && status == Status::failed) writer.write_message(row.id, "failed for the test \u03b3");
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  if (!comm.is_root()) return;
  for (std::uint64_t id = 5; id + 1 < job.grid.size(); id += 7)
    writer.write_message(ConfigurationId{id}, "failed for the test \u03b3");
}

}  // namespace

int main(int argc, char** argv) {
  const mpi::Environment environment(argc, argv);
  const mpi::Communicator comm = mpi::Communicator::world();
  const std::filesystem::path file = argv[1];
  const bool forever = argc > 2 && std::string_view(argv[2]) == "forever";
  const job::Job job = test::small_job("[output]\nouter_weights = on\n");

  std::optional<RunLock> lock;
  if (comm.is_root()) lock.emplace(claim_results_file(file, job, test::provenance()));
  comm.barrier();
  ResultsWriter writer(file, job, comm);
  if (comm.is_root())
    writer.begin_run({Run::Clock::now(), {}, comm.size(), {}, "h\u00f6st*2", "CPU", "Kernel", "0.1 abc"});
  do {
    write_rows(writer, job, comm);
  } while (forever);
  if (comm.is_root()) writer.end_run(0);
  writer.close();
}
