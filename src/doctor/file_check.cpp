#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "doctor/examination.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"

namespace flatsweep::doctor {
namespace {

namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

/// A job with a row for every rank.
job::Job small_job(int ranks) {
  return job::parse_job(
      fmt::format("[grid]\nactivation = relu\nlink = matched\ngamma = 0.5\nd = 2\nseed = 0..{}\n", ranks - 1),
      "doctor");
}

void write_own_row(const fs::path& file, const job::Job& job, const mpi::Communicator& comm) {
  record::ResultsWriter writer(file, job, comm);
  experiment::Outcome row;
  row.id = ConfigurationId{static_cast<std::uint64_t>(comm.rank())};
  row.status = Status::solved;
  writer.write({&row, 1});
  writer.close();
}

/// Whether another process or rank holds the file, as seen from this rank.
bool is_held(const fs::path& file) {
  try {
    const record::RunLock lock(file, record::RunLock::Absent::refuse, std::chrono::milliseconds(0));
    return false;
  } catch (const FileInUse&) {
    return true;
  } catch (const Error&) {
    return false;  // no locks at all
  }
}

/// Count the ranks that could lock the file although rank 0 holds it, on rank 0.
/// @note Collective
int count_intruders(const fs::path& file, const mpi::Communicator& comm) {
  return static_cast<int>(std::ranges::count(comm.gather(is_held(file)), false));
}

int count_rows(const fs::path& file) {
  const record::ResultsReader reader(file);
  std::vector<Status> statuses(reader.rows());
  reader.read_valid_statuses(0, statuses);
  return static_cast<int>(std::ranges::count(statuses, Status::solved));
}

}  // namespace

std::vector<Finding> check_files(const fs::path& folder, const mpi::Communicator& comm) {
  const job::Job job = small_job(comm.size());
  std::optional<record::RunLock> lock;
  const fs::path file = comm.on_root([&] {
    const fs::path name = folder / fmt::format(".flatsweep-doctor-{}.h5", ::getpid());
    lock = create_results_file(name, job, record::this_program());
    return name.string();
  });
  write_own_row(file, job, comm);
  const int intruders = count_intruders(file, comm);
  if (!comm.is_root()) return {};

  const int rows = count_rows(file);
  fs::remove(file);
  const std::string place = fs::absolute(folder).lexically_normal().string();
  return {
      rows == comm.size() ? Finding{Verdict::good, "MPI-IO", fmt::format("every rank has written its row in {}", place)}
                          : Finding{Verdict::wrong, "MPI-IO",
                                    fmt::format("{} of {} rows got lost in {}. Use a folder that all hosts share",
                                                comm.size() - rows, comm.size(), place)},
      intruders == 0
          ? Finding{Verdict::good, "locks", fmt::format("a second run is kept out in {}", place)}
          : Finding{
                Verdict::wrong, "locks",
                fmt::format(
                    "two runs can write one file in {}, because its locks keep nobody out. Mount it with locks (Lustre: -o flock), or make sure that no file has two runs",
                    place)}};
}

}  // namespace flatsweep::doctor
