#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "flatsweep/core/status.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/mpi/communicator.hpp"
#include "flatsweep/record/provenance.hpp"

namespace flatsweep::record {

/// Writes the skeleton of a results file: every object, no row. Serial, to a temporary name, then
/// renamed, so that FILE is never half-written.
/// @throws Error where the directory, its permissions or the free space do not allow it
void create_results_file(const std::filesystem::path& file, const job::Job& job, const Provenance& provenance);

/// The rows of a results file, open on every rank for independent writes.
class ResultsWriter {
 public:
  /// @note Collective
  ResultsWriter(const std::filesystem::path& file, const job::Job& job, const mpi::Communicator& comm);
  ~ResultsWriter();

  /// Writes rows of consecutive ids: values, then checksums, then statuses.
  void write(std::span<const experiment::Outcome> consecutive_rows);

  /// On rank 0: a row of /messages, and of /runs.
  void write_message(ConfigurationId id, const std::string& text);

  /// Ends the parallel phase. @note Collective
  void close();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
