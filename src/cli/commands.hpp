#pragma once

#include <filesystem>
#include <optional>

#include "cli/options.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/record/output_file.hpp"
#include "sweep/request.hpp"

/// The commands: for each a table of its options and a function that does it, in a file of its name.
namespace flatsweep::cli {

CommandLine run_command_line();
CommandLine plan_command_line();
CommandLine solve_command_line();
CommandLine status_command_line();
CommandLine show_command_line();
CommandLine export_command_line();
CommandLine verify_command_line();
CommandLine merge_command_line();
CommandLine doctor_command_line();

ExitCode run(const Options& options);
ExitCode plan(const Options& options);
ExitCode solve(const Options& options);
ExitCode status(const Options& options);
ExitCode show(const Options& options);
ExitCode export_table(const Options& options);
ExitCode verify(const Options& options);
ExitCode merge(const Options& options);
ExitCode doctor(const Options& options);

/// Read what `flatsweep run` is asked for. Needs no MPI: every rank reads the same.
/// @throws Error at the option
sweep::Request read_run_request(const Options& options);

/// One configuration of a job, with the settings of the job.
struct OneConfiguration {
  job::Configuration configuration;
  job::Settings settings;
};

/// What `flatsweep solve` is asked for: a configuration of a job, or a file that holds a program.
struct SolveRequest {
  std::optional<OneConfiguration> one;
  std::filesystem::path program;  // if there is no configuration
  std::filesystem::path output;
  record::Existing existing = record::Existing::refuse;
  bool eigenvalues = false;  // of the Hessian, all n
};

/// Read what `flatsweep solve` is asked for.
/// @throws Error at the option, or at the place in the job file
SolveRequest read_solve_request(const Options& options);

}  // namespace flatsweep::cli
