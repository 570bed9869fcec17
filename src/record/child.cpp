#include "record/child.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "record/descriptor.hpp"
#include "record/hdf5_handle.hpp"

namespace flatsweep::record::hdf5 {
namespace {

constexpr char success = 'y';
constexpr char failure = 'n';
constexpr const char* crash = "it is damaged, and HDF5 does not survive reading it";

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

/// Its death is nobody's business: no core file, no words on stderr, no crash mark in a row.
void confine(const ChildLimits& limits) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL}) ::signal(fault, SIG_DFL);
  if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_CPU, static_cast<rlim_t>(limits.processor_time.count()));
  limit_memory(limits.memory_bytes);
}

bool send(int descriptor, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(descriptor, text.data() + done, text.size() - done);
    if (written <= 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

[[noreturn]] void answer(const std::function<std::string()>& read, int descriptor) {
  std::string text;
  try {
    text = success + read();
  } catch (const std::exception& trouble) {
    text = std::string(1, failure) + trouble.what();
  }
  ::_exit(send(descriptor, text) ? 0 : 1);
}

std::string receive(int descriptor) {
  std::string text;
  std::array<char, 1 << 16> part{};
  ssize_t count = 0;
  while ((count = ::read(descriptor, part.data(), part.size())) > 0 || (count < 0 && errno == EINTR))
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
  return text;
}

bool ended_well(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string read_in_child(const std::function<std::string()>& read, const ChildLimits& limits) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Failure(std::string("pipe: ") + std::strerror(errno));
  const Descriptor from(ends[0]);
  Descriptor to(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) throw Failure(std::string("fork: ") + std::strerror(errno));
  if (child == 0) {
    confine(limits);
    answer(read, to.number());
  }
  to = Descriptor();
  const std::string text = receive(from.number());
  if (!ended_well(child) || text.empty()) throw Failure(crash);
  if (text.front() == failure) throw Failure(text.substr(1));
  return text.substr(1);
}

void require_survival(const std::function<void()>& read, const ChildLimits& limits) {
  read_in_child(
      [&] {
        try {
          read();
        } catch (const std::exception&) {  // it comes again
        }
        return std::string();
      },
      limits);
}

}  // namespace flatsweep::record::hdf5
