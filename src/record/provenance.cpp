#include "flatsweep/record/provenance.hpp"

#include "record/hdf5_handle.hpp"

namespace flatsweep::record {

std::string hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  hdf5::check(H5get_libversion(&major, &minor, &release), "H5get_libversion");
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

}  // namespace flatsweep::record
