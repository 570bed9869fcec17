#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/results_file.hpp"

namespace flatsweep::record {

/// Location of the variable `attempts`, one byte per configuration, for signal handlers, which may call no library.
struct AttemptsLocation {
  int descriptor;       ///< open for reading and writing until the writer is destroyed
  std::int64_t offset;  ///< of configuration 0, in bytes
};

/// The rows of a results file, open on every rank through MPI-IO for independent raw writes. Only construction and
/// close() are collective, so no rank waits for another, and a kill leaves a valid file.
class ResultsWriter {
 public:
  /// @throws Error on every rank if one cannot open the file
  /// @note Collective
  ResultsWriter(const std::filesystem::path& file, const job::Job& job, const mpi::Communicator& comm);

  /// Without close() the file stays open, since closing is collective; what was written stays.
  ~ResultsWriter();

  /// Write rows of consecutive ids: values, then checksums, then statuses. The attempts of a row grow by one, but for a
  /// crashed row, whose attempts were counted when its processes died.
  /// @pre soft_rank of each row is empty or has one value per ridge; outer_weights fit the axis `neuron`
  /// @throws Error if the disk is full or fails, as do the functions below; what was written stays
  void write(std::span<const experiment::Outcome> consecutive_rows);

  /// Tell those who watch the file that this rank computes a configuration, or nothing any more.
  void begin_row(ConfigurationId id);
  void end_rows();

  /// Return where a signal handler counts the attempt in which its process dies.
  [[nodiscard]] AttemptsLocation attempts_location() const;

  /// Write this run's row of /runs, on rank 0.
  void begin_run(const Run& run);
  /// Write how far the run of begin_run() is, on rank 0.
  void write_pace(const Pace& pace);
  /// Write the end of the run of begin_run(), on rank 0.
  void end_run(int exit_code);

  /// Write why a configuration failed, on rank 0.
  void write_message(ConfigurationId id, const std::string& text);

  /// Sync to disk what this rank's node has written.
  /// @throws Error also if the file has lost its name, its size or its permission to write
  void sync();

  /// End the parallel phase and read the closed file once. @throws Error on every rank if one fails @note Collective
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
