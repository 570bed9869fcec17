#include "flatsweep/record/results_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/run_lock.hpp"
#include "record/activity.hpp"
#include "record/row_block.hpp"
#include "record/run_log.hpp"

namespace flatsweep::record {
namespace {

using Rows = std::span<const experiment::Outcome>;

Error cannot_open(const std::filesystem::path& file, const std::string& why) {
  return Error(fmt::format("cannot open {} for writing on every rank", file.string()), why,
               "Name a file on a file system that all hosts share and may write to.");
}

Error cannot_write_to(const std::filesystem::path& file, const std::string& why) {
  return Error(fmt::format("cannot write to {}", file.string()), why,
               "Make room on its disk, or look after it, and run the same command again: what is recorded is kept.");
}

/// @note Collective
hdf5::File open_in_parallel(const std::filesystem::path& file, const mpi::Communicator& comm) {
  hdf5::silence();
  const hdf5::PropertyList access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"));
  hdf5::check(H5Pset_fapl_mpio(access, MPI_Comm_f2c(mpi::native_handle(comm)), MPI_INFO_NULL), "H5Pset_fapl_mpio");
  hdf5::check(H5Pset_coll_metadata_write(access, true), "H5Pset_coll_metadata_write");
  const std::filesystem::path whole = std::filesystem::absolute(file);  // Open MPI 4 opens no name of one character
  return hdf5::File(hdf5::check(H5Fopen(whole.c_str(), H5F_ACC_RDWR, access), "H5Fopen"));
}

/// Return why the calls of the library failed, with the system's reason if there is one; empty if they did not.
template <typename Call>
std::string problem_of(Call call) {
  errno = 0;
  try {
    call();
    return {};
  } catch (const hdf5::Failure& failure) {
    return errno == 0 ? failure.what() : fmt::format("{}: {}", failure.what(), std::strerror(errno));
  }
}

}  // namespace

struct ResultsWriter::Implementation {
  Implementation(std::filesystem::path name, job::Job of_file, const mpi::Communicator& communicator)
      : path(std::move(name)), job(std::move(of_file)), comm(communicator) {}

  /// @note Collective
  void open() {
    descriptor = Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    require_on_all(::fstat(descriptor.number(), &at_start) == 0 ? "" : std::strerror(errno));
    const std::string problem = problem_of([&] {
      file = open_in_parallel(path, comm);
      variables.emplace(file, job);
      activity.emplace(file);
      if (comm.is_root()) run_log.emplace(file);
    });
    require_on_all(problem);
  }

  /// @throws Error on every rank if one has a problem @note Collective
  void require_on_all(const std::string& problem) const {
    if (const std::string why = comm.agree(problem); !why.empty()) throw cannot_open(path, why);
  }

  template <typename Call>
  void write(Call call) const {
    if (const std::string problem = problem_of(call); !problem.empty()) throw cannot_write_to(path, problem);
  }

  /// Write by `call(run_log)`. @pre on rank 0
  template <typename Call>
  void log(Call call) {
    expects(run_log.has_value());
    write([&] { call(*run_log); });
  }

  /// @throws Error if the rows written so far are not on the disk, or not in the file of this name
  void sync() const {
    if (::fdatasync(descriptor.number()) != 0) throw cannot_write_to(path, std::strerror(errno));
    struct stat now {};
    ::fstat(descriptor.number(), &now);
    const char* remedy =
        "If it was moved, its rows are in its new place: move it back, and run the same command again. Otherwise they are lost: the same command computes them again.";
    if (!bears_name(descriptor, path))
      throw Error(fmt::format("{} was lost while the sweep ran", path.string()),
                  "it was removed, moved or replaced, or its disk was unmounted", remedy);
    if (now.st_size < at_start.st_size)
      throw Error(fmt::format("{} lost rows while the sweep ran", path.string()),
                  fmt::format("another program cut it from {} to {} bytes", at_start.st_size, now.st_size),
                  "Remove it, and run the same command again, or with another name after -o.");
    if ((at_start.st_mode & 0222) != 0 && (now.st_mode & 0222) == 0)
      throw Error(fmt::format("{} was made read-only while the sweep ran", path.string()), "",
                  "Its rows are kept: make it writable, and run the same command again.");
  }

  /// @throws hdf5::Failure if the closed file cannot be read, e.g. because another program wrote to it meanwhile
  void read_again() const {
    const hdf5::File closed = hdf5::open_file(path);
    const Variables rows(closed, job);
    read_runs(closed);
  }

  std::filesystem::path path;
  job::Job job;
  mpi::Communicator comm;
  Descriptor descriptor;  // for sync()
  struct stat at_start {};
  hdf5::File file;
  std::optional<Variables> variables;
  std::optional<ActivityWriter> activity;
  std::optional<RunLogWriter> run_log;  // on rank 0
};

ResultsWriter::ResultsWriter(const std::filesystem::path& file, const job::Job& job, const mpi::Communicator& comm)
    : implementation_(std::make_unique<Implementation>(file, job, comm)) {
  implementation_->open();
}

ResultsWriter::~ResultsWriter() { implementation_->file.release(); }

void ResultsWriter::write(Rows rows) {
  if (rows.empty()) return;
  implementation_->write([&] {
    const Variables& variables = *implementation_->variables;
    auto attempts = variables.read<std::uint8_t>("attempts", value(rows.front().id), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].status != Status::crashed && attempts[i] < 255) ++attempts[i];
    const std::vector<std::int32_t> ranks(rows.size(), implementation_->comm.rank());
    write_rows(variables, rows, ranks, attempts);
  });
}

AttemptsLocation ResultsWriter::attempts_location() const {
  const haddr_t offset = implementation_->variables->offset("attempts");
  return {implementation_->descriptor.number(), static_cast<std::int64_t>(offset)};
}

void ResultsWriter::begin_row(ConfigurationId id) {
  implementation_->write([&] { implementation_->activity->begin(implementation_->comm.rank(), id); });
}

void ResultsWriter::end_rows() {
  implementation_->write([&] { implementation_->activity->end(implementation_->comm.rank()); });
}

void ResultsWriter::begin_run(const Run& run) {
  implementation_->log([&](RunLogWriter& log) {
    implementation_->activity->clear();
    log.begin_run(run);
  });
}

void ResultsWriter::write_pace(const Pace& pace) {
  implementation_->log([&](RunLogWriter& log) { log.write_pace(pace); });
}

void ResultsWriter::end_run(int exit_code) {
  implementation_->log([&](RunLogWriter& log) { log.end_run(exit_code); });
}

void ResultsWriter::write_message(ConfigurationId id, const std::string& text) {
  implementation_->log([&](RunLogWriter& log) { log.add_message({id, text}); });
}

void ResultsWriter::sync() { implementation_->sync(); }

void ResultsWriter::close() {
  std::string problem = problem_of([&] {
    if (implementation_->run_log) implementation_->run_log->sort_messages();
  });
  implementation_->run_log.reset();
  implementation_->variables.reset();
  implementation_->activity.reset();
  if (problem.empty() && ::fdatasync(implementation_->descriptor.number()) != 0) problem = std::strerror(errno);
  implementation_->comm.barrier();  // sleeps while it waits; H5Fclose would spin
  const std::string closing = problem_of([&] { hdf5::check(H5Fclose(implementation_->file.release()), "H5Fclose"); });
  const std::string why = implementation_->comm.agree(problem.empty() ? closing : problem);
  if (!why.empty()) throw cannot_write_to(implementation_->path, why);

  std::string damage;
  if (implementation_->comm.is_root()) damage = problem_of([&] { implementation_->read_again(); });
  if (damage = implementation_->comm.agree(damage); !damage.empty())
    throw Error(fmt::format("{} cannot be read again", implementation_->path.string()),
                fmt::format("another program wrote to it while the sweep ran: {}", damage),
                "Run the same command again with another name after -o, and let no other program write to that file.");
}

}  // namespace flatsweep::record
