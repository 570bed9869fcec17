#pragma once

#include <string>

namespace flatsweep::mpi {

/// MPI from construction to destruction; works without mpirun too (one rank). If an exception unwinds
/// past it and there are other ranks, they are aborted, because they would wait for this one for ever.
/// @note Collective
class Environment {
 public:
  /// Initialise MPI. @param argc, argv of main; MPI may remove its own arguments
  Environment(int& argc, char**& argv);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  int exceptions_before_;
};

/// Whether MPI runs in this process.
bool is_running();

/// End all ranks at once with this exit code.
[[noreturn]] void abort(int exit_code);

/// Return name and version of the MPI library at run time, e.g. `Open MPI v4.1.4`.
std::string library_version();

/// Check the result of a call of MPI.
/// @param code what the call returned
/// @param call its name
/// @throws std::runtime_error with the name of the call and MPI's own text unless `code` is MPI_SUCCESS
void check(int code, const char* call);

}  // namespace flatsweep::mpi
