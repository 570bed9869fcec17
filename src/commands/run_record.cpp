#include "commands/run_record.hpp"

#include <fstream>

#include "flatsweep/core/dense_kernels.hpp"
#include "flatsweep/core/version.hpp"
#include "flatsweep/mpi/environment.hpp"

namespace flatsweep::cli {
namespace {

std::string cpu_model() {
  std::ifstream processors("/proc/cpuinfo");
  for (std::string line; std::getline(processors, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

}  // namespace

record::Provenance provenance() {
  return {build_information(), mpi::library_version(), record::hdf5_version(), dense::library()};
}

record::Run describe_run(int ranks, const std::string& hosts) {
  const BuildInformation& build = build_information();
  record::Run run;
  run.start = record::Run::Clock::now();
  run.ranks = ranks;
  run.hosts = hosts;
  run.cpu_model = cpu_model();
  run.blas_kernel = dense::library();
  run.build = build.version + " " + build.commit;
  return run;
}

}  // namespace flatsweep::cli
