#pragma once

#include <string>

#include "flatsweep/core/version.hpp"

namespace flatsweep::record {

/// What made a results file, written with its skeleton.
struct Provenance {
  BuildInformation build;  ///< of the program
  std::string mpi;         ///< library and version
  std::string hdf5;        ///< version
  std::string blas;        ///< library and version
};

/// Version of the HDF5 library at run time.
std::string hdf5_version();

}  // namespace flatsweep::record
