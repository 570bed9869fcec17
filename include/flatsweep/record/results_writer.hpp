#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/journal.hpp"

namespace flatsweep::record {

/// Where the column `attempts` lies, for who may call no library any more: one byte a configuration.
struct AttemptsColumn {
  int descriptor;       ///< open for reading and writing, as long as the writer lives
  std::int64_t offset;  ///< of configuration 0, in bytes
};

/// The rows of a results file, open on every rank through MPI-IO for independent raw writes. Nothing but
/// close() is collective after the construction, so no rank waits for another and a kill leaves a sound file.
class ResultsWriter {
 public:
  /// @throws Error on every rank where one cannot open the file
  /// @note Collective
  ResultsWriter(const std::filesystem::path& file, const job::Job& job, const mpi::Communicator& comm);

  /// Without close() the file stays open, since closing is collective: what was written is safe.
  ~ResultsWriter();

  /// Writes rows of consecutive ids: values, then checksums, then statuses. A row counts one more attempt,
  /// but for a crashed one, whose attempts were counted at its deaths. This and what follows throw Error
  /// where the disk is full or fails; what was written stays.
  /// @pre soft_rank of each row is empty or has one value a ridge; outer_weights fit the axis `neuron`
  void write(std::span<const experiment::Outcome> consecutive_rows);

  /// For a signal handler that counts the attempt in which its process dies.
  [[nodiscard]] AttemptsColumn attempts_column() const;

  /// On rank 0: this run's row of /runs.
  void begin_run(const Run& run);
  /// On rank 0: the end of the run that begin_run() told of.
  void end_run(int exit_code);

  /// On rank 0: why a configuration failed.
  void write_message(ConfigurationId id, const std::string& text);

  /// What this rank's node has written reaches the disk.
  void sync();

  /// Ends the parallel phase. @throws Error on every rank where one fails @note Collective
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
