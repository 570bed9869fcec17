#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/platform.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/output_file.hpp"
#include "flatsweep/record/run_lock.hpp"

namespace flatsweep::record {

/// What made a results file, written when it is created.
struct Provenance {
  BuildInformation build;  ///< of the program
  std::string mpi;         ///< library and version
  std::string hdf5;        ///< version
  std::string blas;        ///< library and version
};

/// Return the version of the HDF5 library at run time.
std::string hdf5_version();

/// Return the provenance of this program and the libraries that it runs with.
Provenance this_program();

/// How far a run is, as it says itself.
struct Pace {
  std::chrono::system_clock::time_point at;  ///< when it said so
  std::uint64_t performed;                   ///< configurations that it has done
  double remaining_seconds;                  ///< until its end, as its cost model predicted it then
};

/// A row of the group /runs: one run of the job on this file. Texts that are too long for the file are cut.
struct Run {
  using Clock = std::chrono::system_clock;  ///< time of day: for people

  Clock::time_point start;               ///< before its first configuration
  std::optional<Clock::time_point> end;  ///< none while it runs, or if it was killed
  int ranks = 1;                         ///< of the MPI job, rank 0 included
  std::optional<int> exit_code;          ///< none while it runs, or if it was killed
  std::string hosts;                     ///< hosts of the ranks, at most 256 bytes
  std::string cpu_model;                 ///< CPU model of rank 0's node
  std::string blas_kernel;               ///< dense::library() of rank 0
  std::string build;                     ///< version and commit of the program
  std::optional<Pace> pace = {};         ///< none before its first configuration, and in files of version 0.1
};

/// Return a row of /runs for a run that starts now, with CPU, BLAS and build of this process.
/// @param hosts of all ranks, e.g. `n1*4 n2*4`
Run this_run(int ranks, const std::string& hosts);

/// What a rank is at.
struct Activity {
  int rank;                      ///< of the MPI job
  ConfigurationId id;            ///< what it computes
  Run::Clock::time_point since;  ///< when it began
};

/// A row of the group /messages: why a configuration failed.
struct Message {
  ConfigurationId id;  ///< the configuration that failed
  std::string text;    ///< the reason
};

/// Claim FILE for this run: continue or replace the one that exists, as `existing` says, or create it. On rank 0 only,
/// before the ResultsWriter opens the file on all.
/// @return the lock on it
/// @throws Error if FILE is of another job or no valid results file (it stays untouched), and as open_or_create
/// @throws FileInUse if another run holds it beyond `patience`
RunLock claim_results_file(const std::filesystem::path& file, const job::Job& job, const Provenance& provenance,
                           Existing existing = Existing::resume, const Patience& patience = {});

/// Create a results file in which every row is pending, or lock the one that exists if `existing` is resume.
/// @return the lock on it
/// @throws Error, FileInUse as open_or_create
RunLock create_results_file(const std::filesystem::path& file, const job::Job& job, const Provenance& provenance,
                            Existing existing = Existing::refuse, const Patience& patience = {});

/// Lock FILE for this process, and create it by `write(temporary_name(FILE))` unless it exists and `existing` is
/// resume. FILE is never half-written, and of several processes that do this at once exactly one creates it.
/// @param bytes room that the new file takes
/// @throws Error if FILE exists and `existing` refuses it, if FILE was not written by flatsweep, or if the directory,
///         its permissions or the free space do not allow it
/// @throws FileInUse if a run holds FILE, or another process is creating it, beyond `patience`
RunLock open_or_create(const std::filesystem::path& file, Existing existing, double bytes,
                       const std::function<void(const std::filesystem::path&)>& write, const Patience& patience = {});

}  // namespace flatsweep::record
