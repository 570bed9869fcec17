#pragma once

#include <exception>

#include "cli/options.hpp"
#include "flatsweep/core/error.hpp"

/// The command line `flatsweep COMMAND ...`.
namespace flatsweep::cli {

/// Do what the command line asks for. A rank other than 0 returns at once if rank 0 works alone.
/// @param arguments without the name of the program
/// @throws Error for an unknown command, and what the command throws
ExitCode execute(const Arguments& arguments);

/// Print `flatsweep: MESSAGE` on stderr. What every rank of a run meets alike is printed by rank 0 only.
/// @return the exit code that the exception stands for
ExitCode explain(const std::exception_ptr& error);

}  // namespace flatsweep::cli
