#pragma once

#include <exception>
#include <filesystem>
#include <optional>

#include "cli/one_configuration.hpp"
#include "cli/options.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/record/output_file.hpp"
#include "sweep/run.hpp"

/// The command line `flatsweep COMMAND ...`. Each command is a row with its options and the function that does
/// it, in a file of its name.
namespace flatsweep::cli {

/// Do what the command line asks for. If a launcher of MPI started several ranks alike, rank 0 works alone unless
/// the command needs all, and the others return its exit code.
/// @param arguments without the name of the program
/// @throws Error for an unknown command, and what the command throws
ExitCode execute(const Arguments& arguments);

/// Print `flatsweep: MESSAGE` on stderr. An error that every rank of a run meets is printed by rank 0
/// only, unless `on_every_rank`.
/// @return the exit code that the exception stands for
ExitCode print_error(const std::exception_ptr& error, bool on_every_rank = false);

Command run_command();
Command plan_command();
Command explain_command();
Command solve_command();
Command status_command();
Command show_command();
Command watch_command();
Command export_command();
Command verify_command();
Command merge_command();
Command doctor_command();

/// Read what `flatsweep run` is asked for. Needs no MPI: every rank reads the same.
/// @throws Error at the option
sweep::Request read_run_request(const Options& options);

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
