#pragma once

namespace flatsweep::mpi {

/// @throws std::runtime_error with the name of the call and MPI's own words, unless `code` is MPI_SUCCESS
void check(int code, const char* call);

}  // namespace flatsweep::mpi
