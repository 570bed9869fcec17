#include "flatsweep/record/results_writer.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "descriptor.hpp"
#include "flatsweep/core/contract.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/mpi/native.hpp"
#include "flatsweep/record/layout.hpp"
#include "journal_file.hpp"
#include "row_block.hpp"

namespace flatsweep::record {

namespace {

using Rows = std::span<const experiment::Outcome>;

// Throws on every rank where one has a problem. Collective
void agree(const std::filesystem::path& file, const std::string& problem, MPI_Comm comm) {
  int troubled = problem.empty() ? 0 : 1;
  int any = 0;
  if (MPI_Allreduce(&troubled, &any, 1, MPI_INT, MPI_MAX, comm) != MPI_SUCCESS) {
    throw std::runtime_error("MPI_Allreduce failed while " + file.string() + " was opened");
  }
  if (any == 0) return;
  throw Error("cannot open " + file.string() + " for writing on every rank",
              problem.empty() ? "another rank could not" : problem,
              "Name a file on a file system that all hosts share and may write to.");
}

// Collective
hdf5::File open_in_parallel(const std::filesystem::path& file, MPI_Comm comm) {
  hdf5::silence();
  const hdf5::PropertyList access(hdf5::check(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"));
  hdf5::check(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL), "H5Pset_fapl_mpio");
  hdf5::check(H5Pset_coll_metadata_write(access, true), "H5Pset_coll_metadata_write");
  return hdf5::File(hdf5::check(H5Fopen(file.c_str(), H5F_ACC_RDWR, access), "H5Fopen"));
}

template <class T, class Take>
std::vector<T> gather(Rows rows, Take take) {
  std::vector<T> column(rows.size());
  std::ranges::transform(rows, column.begin(), take);
  return column;
}

}  // namespace

struct ResultsWriter::Implementation {
  Implementation(const std::filesystem::path& name, const job::Job& job,
                 const mpi::Communicator& communicator)
      : path(name), layout(job), comm(communicator), native(MPI_Comm_f2c(mpi::native_handle(communicator))) {}

  // Collective
  void open() {
    descriptor = Descriptor(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    agree(path, descriptor.valid() ? "" : std::strerror(errno), native);
    std::string problem;
    try {
      file = open_in_parallel(path, native);
      variables.emplace(file, layout);
      if (comm.is_root()) journal.emplace(file);
    } catch (const hdf5::Failure& failure) {
      problem = failure.what();
    }
    agree(path, problem, native);
  }

  std::filesystem::path path;
  Layout layout;
  mpi::Communicator comm;
  MPI_Comm native;
  Descriptor descriptor;  // for sync()
  hdf5::File file;
  std::optional<Variables> variables;
  std::optional<JournalWriter> journal;  // on rank 0
};

ResultsWriter::ResultsWriter(const std::filesystem::path& file, const job::Job& job,
                             const mpi::Communicator& comm)
    : implementation_(std::make_unique<Implementation>(file, job, comm)) {
  implementation_->open();
}

ResultsWriter::~ResultsWriter() { implementation_->file.release(); }

void ResultsWriter::write(Rows rows) {
  if (rows.empty()) return;
  const Variables& variables = *implementation_->variables;
  const RowBlock block(implementation_->layout, rows);
  const std::uint64_t first = block.first();

  std::size_t offset = 0;
  for (const Variable& variable : implementation_->layout.values()) {
    variables.write<double>(variable.name, first, block.column(offset, variable.per_row));
    offset += variable.per_row;
  }
  variables.write<std::int32_t>("iterations", first, block.iterations());
  variables.write<double>("sample_seconds", first,
                          gather<double>(rows, &experiment::Outcome::sample_seconds));
  variables.write<double>("solve_seconds", first, gather<double>(rows, &experiment::Outcome::solve_seconds));
  variables.write<double>("measure_seconds", first,
                          gather<double>(rows, &experiment::Outcome::measure_seconds));
  variables.write<std::int32_t>("rank", first,
                                std::vector<std::int32_t>(rows.size(), implementation_->comm.rank()));
  std::vector<std::uint8_t> attempts(rows.size());
  variables.read<std::uint8_t>("attempts", first, attempts);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].status != Status::crashed && attempts[i] < 255) ++attempts[i];
  }
  variables.write<std::uint8_t>("attempts", first, attempts);

  std::vector<std::uint32_t> checksums;
  for (std::size_t i = 0; i < rows.size(); ++i) checksums.push_back(block.checksum(i));
  variables.write<std::uint32_t>("checksum", first, checksums);
  variables.write<std::uint8_t>("status", first, block.statuses());
}

AttemptsColumn ResultsWriter::attempts_column() const {
  const haddr_t offset = implementation_->variables->offset("attempts");
  return {implementation_->descriptor.number(), static_cast<std::int64_t>(offset)};
}

void ResultsWriter::begin_run(const Run& run) {
  expects(implementation_->journal.has_value());
  implementation_->journal->begin_run(run);
}

void ResultsWriter::end_run(int exit_code) {
  expects(implementation_->journal.has_value());
  implementation_->journal->end_run(exit_code);
}

void ResultsWriter::write_message(ConfigurationId id, const std::string& text) {
  expects(implementation_->journal.has_value());
  implementation_->journal->add_message({id, text});
}

void ResultsWriter::sync() {
  if (::fdatasync(implementation_->descriptor.number()) != 0) {
    throw Error("cannot bring " + implementation_->path.string() + " to disk", std::strerror(errno),
                "Check the disk, then run again: what is on it continues.");
  }
}

void ResultsWriter::close() {
  if (implementation_->journal) implementation_->journal->sort_messages();
  implementation_->journal.reset();
  implementation_->variables.reset();
  sync();
  implementation_->comm.barrier();  // asleep, where closing would spin
  hdf5::check(H5Fclose(implementation_->file.release()), "H5Fclose");
}

}  // namespace flatsweep::record
