#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "flatsweep/mpi/communicator.hpp"
#include "record/hdf5.hpp"

namespace flatsweep::record::hdf5 {
namespace {

constexpr int returned = 0;
constexpr int threw = 1;

void set_limit(__rlimit_resource resource, rlim_t most) {
  const rlimit limit{most, most};
  ::setrlimit(resource, &limit);
}

void limit_memory(double more_bytes) {
  double pages = 0.0;
  const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  if (std::ifstream("/proc/self/statm") >> pages)
    set_limit(RLIMIT_AS, static_cast<rlim_t>(pages * page_bytes + more_bytes));
}

/// Set limits, and suppress core dumps, output on stderr and crash marks in rows.
void confine(const ChildLimits& limits) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) ::signal(fault, SIG_DFL);
  if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_CPU, static_cast<rlim_t>(limits.processor_time.count()));
  limit_memory(limits.memory_bytes);
}

/// Wait for a child. @return its exit code, none if it died of a signal
std::optional<int> exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return std::nullopt;
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

/// Return whether the format has checksums on all metadata but texts of variable length and indices of chunks:
/// superblock version 2 and later, as create_file writes it.
bool has_checksums(const std::filesystem::path& file) {
  constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
  constexpr char first_version = 2;
  std::string start(signature.size() + 1, '\0');
  std::ifstream(file, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start.starts_with(signature) && start.back() >= first_version;
}

}  // namespace

bool returns_in_child(const std::function<void()>& read, const ChildLimits& limits) {
  const pid_t child = ::fork();
  if (child < 0) throw Failure(fmt::format("fork: {}", std::strerror(errno)));
  if (child == 0) {
    confine(limits);
    try {
      read();
    } catch (const std::exception&) {
      ::_exit(threw);
    }
    ::_exit(returned);
  }
  const auto code = exit_code_of(child);
  if (code != returned && code != threw) throw Failure("it is damaged, and HDF5 does not survive reading it");
  return code == returned;
}

bool survives(const std::filesystem::path& file, const std::function<void()>& read) {
  return (mpi::is_running() && has_checksums(file)) || returns_in_child(read);
}

}  // namespace flatsweep::record::hdf5
