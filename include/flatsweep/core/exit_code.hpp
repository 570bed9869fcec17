#pragma once

#include <exception>

namespace flatsweep {

/// What a process of the program reports to its caller.
enum class ExitCode : int {
  done = 0,            ///< everything asked for was done
  fault = 1,           ///< an internal error, or a fault that a check (verify, doctor) was asked to look for
  bad_input = 2,       ///< an Error: a command line, job or file that the program cannot use
  some_failed = 3,     ///< the run is complete, but some configurations failed or crashed
  stopped_early = 75,  ///< the run stopped before its end; the same command continues it (EX_TEMPFAIL)
  file_in_use = 76,    ///< another run writes the file (FileInUse)
};

/// Return the code that an exception stands for; done for a null pointer.
ExitCode exit_code_of(const std::exception_ptr& error);

/// Whether a run that ended with `code` did everything it was asked to, whether or not configurations failed.
constexpr bool is_finished(ExitCode code) { return code == ExitCode::done || code == ExitCode::some_failed; }

}  // namespace flatsweep
