#pragma once

#include <string>

namespace flatsweep::mpi {

/// Name and version of the MPI library at run time.
std::string library_version();

}  // namespace flatsweep::mpi
