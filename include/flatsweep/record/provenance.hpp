#pragma once

#include <string>

#include "flatsweep/core/platform.hpp"
#include "flatsweep/record/journal.hpp"

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

/// Return the provenance of this program and the libraries that it runs with.
Provenance this_program();

/// Return a row of /runs for a run that starts now, with CPU, BLAS and build of this process.
/// @param hosts of all ranks, e.g. `n1*4 n2*4`
Run this_run(int ranks, const std::string& hosts);

}  // namespace flatsweep::record
