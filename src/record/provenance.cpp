#include "flatsweep/record/provenance.hpp"

#include <fstream>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/mpi/environment.hpp"
#include "record/hdf5_handle.hpp"

namespace flatsweep::record {
namespace {

std::string cpu_model() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace

std::string hdf5_version() {
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  hdf5::check(H5get_libversion(&major, &minor, &release), "H5get_libversion");
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(release);
}

Provenance this_program() {
  return {build_information(), mpi::library_version(), hdf5_version(), dense::library()};
}

Run this_run(int ranks, const std::string& hosts) {
  const BuildInformation& build = build_information();
  Run run;
  run.start = Run::Clock::now();
  run.ranks = ranks;
  run.hosts = hosts;
  run.cpu_model = cpu_model();
  run.blas_kernel = dense::library();
  run.build = build.version + " " + build.commit;
  return run;
}

}  // namespace flatsweep::record
