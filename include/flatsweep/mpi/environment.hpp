#pragma once

namespace flatsweep::mpi {

/// MPI from construction to destruction; works without mpirun too (one rank). Where an exception unwinds
/// past it and there are other ranks, they are aborted: they could only wait for this one for ever.
/// @note Collective
class Environment {
 public:
  /// Initialises MPI. @param argc, argv of main; MPI may take its own arguments out
  Environment(int& argc, char**& argv);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  int exceptions_before_;
};

/// Whether MPI runs in this process.
bool is_running();

/// Ends all ranks at once, with this exit code.
[[noreturn]] void abort(int exit_code);

}  // namespace flatsweep::mpi
