#pragma once

#include <filesystem>
#include <optional>

#include "cli.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/new_file.hpp"

namespace flatsweep::cli {

/// One configuration of a job, with what it takes from the job.
struct OneConfiguration {
  job::Configuration configuration;
  job::Settings settings;
};

/// What the command line of `flatsweep solve` asks for: a configuration, or a file that holds a program.
struct SolveRequest {
  std::optional<OneConfiguration> one;
  std::filesystem::path program;
  std::filesystem::path output;
  record::Existing existing = record::Existing::refuse;
  bool eigenvalues = false;  // of the Hessian, all n
  int threads = 1;
};

/// Nothing where only help was asked for.
/// @throws Error naming the option, or the place in the job file
std::optional<SolveRequest> read_solve_request(const Arguments& arguments);

}  // namespace flatsweep::cli
