#include "doctor/rank_facts.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "flatsweep/core/dense_kernels.hpp"

/// Absent if the program is built without OpenBLAS.
extern "C" __attribute__((weak)) char* openblas_get_corename();

namespace flatsweep::doctor {
namespace {

double free_shared_memory() {
  const char* folder = std::getenv("OMPI_MCA_btl_vader_backing_directory");
  struct statvfs disk {};
  if (::statvfs(folder != nullptr ? folder : "/dev/shm", &disk) != 0)
    return std::numeric_limits<double>::max();
  return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
}

std::string blas_problem() {
  const char* wish = std::getenv("FLATSWEEP_BLAS");
  const bool unwanted = wish != nullptr && std::string_view(wish) == "eigen";
  if (openblas_get_corename == nullptr || unwanted || !dense::library().starts_with("Eigen")) return {};
  return std::string("OpenBLAS's kernels `") + openblas_get_corename() +
         "` are older than this CPU or compute wrong products on it";
}

RankFacts own_facts() {
  RankFacts facts;
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  facts.host = host.data();
  CPU_ZERO(&facts.cpus);
  ::sched_getaffinity(0, sizeof facts.cpus, &facts.cpus);
  facts.cores_online = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.unix_seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  facts.shared_memory_bytes = free_shared_memory();
  facts.blas = dense::library();
  facts.blas_problem = blas_problem();
  return facts;
}

}  // namespace

std::vector<RankFacts> gather_facts(const mpi::Communicator& comm) {
  dense::library();  // is chosen at first use, which takes its time
  comm.barrier();
  return comm.gather(own_facts());
}

}  // namespace flatsweep::doctor
