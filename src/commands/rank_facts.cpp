#include "commands/rank_facts.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string_view>

#include "commands/agreement.hpp"
#include "flatsweep/core/dense_kernels.hpp"

// Absent where the program is built without OpenBLAS.
extern "C" __attribute__((weak)) char* openblas_get_corename();

namespace flatsweep::cli {
namespace {

double free_shared_memory() {
  const char* folder = std::getenv("OMPI_MCA_btl_vader_backing_directory");
  struct statvfs disk {};
  if (::statvfs(folder != nullptr ? folder : "/dev/shm", &disk) != 0)
    return std::numeric_limits<double>::max();
  return static_cast<double>(disk.f_bavail) * static_cast<double>(disk.f_frsize);
}

std::string trouble_of_blas() {
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
  facts.blas_trouble = trouble_of_blas();
  return facts;
}

// A line a fact; the CPUs as 0 and 1.
std::string encode(const RankFacts& facts) {
  std::ostringstream out;
  out.precision(17);
  out << facts.host << '\n' << facts.cores_online << '\n' << facts.unix_seconds << '\n';
  out << facts.shared_memory_bytes << '\n' << facts.blas << '\n' << facts.blas_trouble << '\n';
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) out << (CPU_ISSET(cpu, &facts.cpus) ? '1' : '0');
  return out.str();
}

RankFacts decode(const std::string& text) {
  RankFacts facts;
  std::istringstream in(text);
  std::string number, cpus;
  const auto next_number = [&] { return std::getline(in, number), std::stod(number); };
  std::getline(in, facts.host);
  facts.cores_online = static_cast<int>(next_number());
  facts.unix_seconds = next_number();
  facts.shared_memory_bytes = next_number();
  std::getline(std::getline(std::getline(in, facts.blas), facts.blas_trouble), cpus);
  CPU_ZERO(&facts.cpus);
  for (std::size_t cpu = 0; cpu < cpus.size(); ++cpu)
    if (cpus[cpu] == '1') CPU_SET(cpu, &facts.cpus);
  return facts;
}

}  // namespace

std::vector<RankFacts> gather_facts(const mpi::Communicator& comm) {
  dense::library();  // is chosen at first use, which takes its time
  comm.barrier();
  std::vector<RankFacts> facts;
  for (const std::string& text : gather(comm, encode(own_facts()))) facts.push_back(decode(text));
  return facts;
}

}  // namespace flatsweep::cli
