#include "doctor/rank_facts.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>

#include "flatsweep/core/matrix.hpp"

namespace flatsweep::doctor {
namespace {

double free_shared_memory() {
  const char* folder = std::getenv("OMPI_MCA_btl_sm_backing_directory");  // of Open MPI 5, which knows both names
  if (folder == nullptr) folder = std::getenv("OMPI_MCA_btl_vader_backing_directory");
  struct statvfs disk {};
  if (::statvfs(folder != nullptr ? folder : "/dev/shm", &disk) != 0) return std::numeric_limits<double>::max();
  return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
}

RankFacts own_facts() {
  RankFacts facts;
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  facts.host = host.data();
  CPU_ZERO(&facts.cpus);
  ::sched_getaffinity(0, sizeof facts.cpus, &facts.cpus);
  facts.cores_online = static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.unix_seconds = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  facts.shared_memory_bytes = free_shared_memory();
  facts.blas = dense::library();
  facts.blas_problem = dense::fallback_reason();
  return facts;
}

}  // namespace

std::vector<RankFacts> gather_facts(const mpi::Communicator& comm) {
  dense::library();  // is chosen at first use, which takes its time
  comm.barrier();
  return comm.gather(own_facts());
}

}  // namespace flatsweep::doctor
