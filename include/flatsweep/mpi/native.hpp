#pragma once

#include "flatsweep/mpi/communicator.hpp"

namespace flatsweep::mpi {

/// The communicator for other libraries, without <mpi.h> in a header: `MPI_Comm_f2c(native_handle(comm))`.
int native_handle(const Communicator& comm);

}  // namespace flatsweep::mpi
