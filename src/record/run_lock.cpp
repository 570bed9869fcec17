#include "flatsweep/record/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "flatsweep/core/error.hpp"

namespace flatsweep::record {
namespace {

/// Beyond the end of any file, so that no read or write meets the lock.
constexpr off_t locked_byte = off_t{1} << 62;
constexpr std::chrono::milliseconds pause{50};

Descriptor open_for_lock(const std::filesystem::path& file, RunLock::Absent absent) {
  const int create = absent == RunLock::Absent::create ? O_CREAT : 0;
  Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CLOEXEC | create, 0666));
  if (!descriptor.is_open()) {
    throw Error(fmt::format("cannot open {} for writing", file.string()), std::strerror(errno),
                "Name a file in a directory that exists and is writable.");
  }
  return descriptor;
}

struct flock lock_request() {
  return {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = locked_byte, .l_len = 1, .l_pid = 0};
}

bool try_lock(const Descriptor& descriptor, const std::filesystem::path& file) {
  struct flock request = lock_request();
  if (::fcntl(descriptor.number(), F_OFD_SETLK, &request) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  throw NoLocks(fmt::format("cannot lock {}", file.string()), std::strerror(errno),
                "Put the file on a file system with working locks, so that two runs cannot share it.");
}

FileInUse in_use(const std::filesystem::path& file, const char* by) {
  return FileInUse(
      fmt::format("{} is in use by another {}. Wait for it to end, or name another file.", file.string(), by));
}

/// What flock() answered.
enum class Shared { locked, refused, unknown };

/// Lock the file as HDF5 does for reading: HDF5 in any program then refuses to write to it, and still reads it. Of the
/// descriptor that holds the other lock and after it, since NFS makes one kind of lock of both.
Shared try_share(const Descriptor& descriptor) {
  if (::flock(descriptor.number(), LOCK_SH | LOCK_NB) == 0) return Shared::locked;
  return errno == EWOULDBLOCK ? Shared::refused : Shared::unknown;
}

}  // namespace

bool bears_name(const Descriptor& descriptor, const std::filesystem::path& file) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(descriptor.number(), &opened) == 0 && ::stat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

RunLock::RunLock(const std::filesystem::path& file, Absent absent, const Patience& patience) {
  std::chrono::milliseconds waited{0};
  while (true) {
    Descriptor descriptor = open_for_lock(file, absent);
    const bool alone = try_lock(descriptor, file);
    const Shared shared = alone ? try_share(descriptor) : Shared::refused;
    const bool locked = alone && shared != Shared::refused;
    if (locked && bears_name(descriptor, file)) {
      descriptor_ = std::move(descriptor);
      stops_other_programs_ = shared == Shared::locked;
      return;
    }
    if (locked) continue;  // the file was replaced meanwhile
    if (waited >= patience.limit) throw in_use(file, alone ? "program, which writes to it" : "run");
    patience.sleep(pause);
    waited += pause;
  }
}

void require_not_in_use(const std::filesystem::path& file) {
  if (RunLock::is_held(file).value_or(false)) throw in_use(file, "run");
}

std::optional<bool> RunLock::is_held(const std::filesystem::path& file) {
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct flock request = lock_request();
  if (!descriptor.is_open() || ::fcntl(descriptor.number(), F_OFD_GETLK, &request) != 0) return std::nullopt;
  return request.l_type != F_UNLCK;
}

}  // namespace flatsweep::record
