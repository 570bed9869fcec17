#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "cli.hpp"
#include "commands/part.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/core/stop_request.hpp"
#include "flatsweep/job/read_job.hpp"
#include "flatsweep/record/new_file.hpp"

namespace flatsweep::cli {

/// `line` rewrites one on a terminal and adds one now and then elsewhere.
enum class ProgressStyle { none, line, json };

/// What the command line of `flatsweep run` asks for.
struct RunRequest {
  std::filesystem::path job_file;
  std::vector<job::Override> overrides;
  std::filesystem::path output;
  record::Existing existing = record::Existing::refuse;
  ProgressStyle progress = ProgressStyle::line;
  int threads = 1;
  double sync_seconds = 10.0;
  std::vector<Status> retry;  // statuses that are tried again
  Part part;
  std::filesystem::path reuse;  // a results file whose rows are copied; empty for none
  std::optional<StopRequest::Clock::time_point> deadline;
};

/// Nothing where only help was asked for. Needs no MPI: every rank reads the same.
/// @throws Error naming the option
std::optional<RunRequest> read_run_request(const Arguments& arguments);

}  // namespace flatsweep::cli
