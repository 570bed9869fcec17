#include "flatsweep/mpi/library.hpp"

#include <mpi.h>

#include <array>

#include "mpi/error.hpp"

namespace flatsweep::mpi {

std::string library_version() {
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  check(MPI_Get_library_version(text.data(), &length), "MPI_Get_library_version");
  const std::string version(text.data(), static_cast<std::size_t>(length));
  return version.substr(0, version.find(','));  // `Open MPI v4.1.4`, without the build's details
}

}  // namespace flatsweep::mpi
