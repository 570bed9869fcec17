#include "flatsweep/mpi/environment.hpp"

#include <mpi.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "mpi/error.hpp"

namespace flatsweep::mpi {

Environment::Environment(int& argc, char**& argv) : exceptions_before_(std::uncaught_exceptions()) {
  int provided = 0;
  check(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided), "MPI_Init_thread");
  check(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Environment::~Environment() {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (size > 1 && std::uncaught_exceptions() > exceptions_before_) abort(EXIT_FAILURE);
  if (MPI_Finalize() != MPI_SUCCESS) std::fputs("flatsweep: MPI_Finalize failed\n", stderr);
}

bool is_running() {
  int begun = 0;
  int over = 0;
  check(MPI_Initialized(&begun), "MPI_Initialized");
  check(MPI_Finalized(&over), "MPI_Finalized");
  return begun != 0 && over == 0;
}

void abort(int exit_code) {
  std::fflush(nullptr);
  MPI_Abort(MPI_COMM_WORLD, exit_code);
  std::_Exit(exit_code);
}

}  // namespace flatsweep::mpi
