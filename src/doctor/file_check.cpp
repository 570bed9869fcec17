#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "doctor/examination.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/read_job.hpp"
#include "flatsweep/record/results_file.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "flatsweep/record/results_writer.hpp"

namespace flatsweep::doctor {
namespace {

namespace fs = std::filesystem;
using Verdict = Finding::Verdict;

/// A row for every rank.
job::Job small_job(int ranks) {
  return job::parse_job("[grid]\nactivation = relu\nlink = matched\ngamma = 0.5\nd = 2\nseed = 0.." +
                            std::to_string(ranks - 1) + "\n",
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

/// Whether somebody else holds the file, as seen from this rank.
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

/// Ranks for which the file that rank 0 holds is free, on rank 0. @note Collective
int count_intruders(const fs::path& file, const mpi::Communicator& comm) {
  return static_cast<int>(std::ranges::count(comm.gather(is_held(file)), false));
}

int count_rows(const fs::path& file) {
  const record::ResultsReader reader(file);
  std::vector<Status> statuses(reader.rows());
  reader.read_sound_statuses(0, statuses);
  return static_cast<int>(std::ranges::count(statuses, Status::solved));
}

}  // namespace

std::vector<Finding> check_files(const fs::path& folder, const mpi::Communicator& comm) {
  const job::Job job = small_job(comm.size());
  std::optional<record::RunLock> lock;
  const fs::path file = comm.on_root([&] {
    const fs::path name = folder / (".flatsweep-doctor-" + std::to_string(::getpid()) + ".h5");
    lock = create_results_file(name, job, record::this_program());
    return name.string();
  });
  write_own_row(file, job, comm);
  const int intruders = count_intruders(file, comm);
  if (!comm.is_root()) return {};

  const int rows = count_rows(file);
  fs::remove(file);
  const std::string where = " in " + fs::absolute(folder).lexically_normal().string();
  return {
      rows == comm.size()
          ? Finding{Verdict::good, "MPI-IO", "every rank has written its row" + where}
          : Finding{Verdict::wrong, "MPI-IO",
                    std::to_string(comm.size() - rows) + " of " + std::to_string(comm.size()) +
                        " rows got lost" + where + ". Use a folder that all hosts share"},
      intruders == 0
          ? Finding{Verdict::good, "locks", "a second run is kept out" + where}
          : Finding{
                Verdict::wrong, "locks",
                "two runs can write one file" + where +
                    ", since its locks keep nobody out. Mount it with locks (Lustre: -o flock), or see to it that no file has two runs"}};
}

}  // namespace flatsweep::doctor
