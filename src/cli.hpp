#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <vector>

/// The command line: `flatsweep COMMAND ...`, one file a command in src/commands, beside what they share.
namespace flatsweep::cli {

/// What the process tells its caller.
enum ExitCode : int {
  everything_done = 0,
  internal_error = 1,
  rows_differ = 1,   // what verify found
  stack_faulty = 1,  // what doctor found
  bad_input = 2,
  some_failed = 3,
  stopped_early = 75,
  file_in_use = 76,
};

/// What follows the command's name.
using Arguments = std::vector<std::string>;

/// Runs the command that `arguments` names. @return the process's exit code; 0 at once where rank 0 works
/// alone
/// @throws Error for an unknown command, and what the command throws
int execute(const Arguments& arguments);

/// The exit code that an exception stands for; everything_done where there is none.
ExitCode exit_code_of(const std::exception_ptr& trouble);

/// Says `flatsweep: MESSAGE` on stderr; what every rank of a run meets alike only on rank 0.
/// @return the exit code that the exception stands for
ExitCode explain(const std::exception_ptr& trouble);

}  // namespace flatsweep::cli
