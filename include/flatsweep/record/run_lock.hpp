#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::record {

/// A file system refused to lock at all, whoever holds the file.
class NoLocks : public Error {
 public:
  using Error::Error;
};

/// Owner of an open file descriptor.
class Descriptor {
 public:
  /// Own none.
  Descriptor() = default;
  /// @param number what open() returned; -1 is none
  explicit Descriptor(int number) : number_(number) {}
  /// @post `other` owns none
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  /// Close what this one owned. @post `other` owns none
  Descriptor& operator=(Descriptor&& other) noexcept {
    Descriptor taken(std::move(other));
    std::swap(number_, taken.number_);
    return *this;
  }
  ~Descriptor();

  /// The descriptor, as system calls take it.
  [[nodiscard]] int number() const { return number_; }
  /// Whether there is one.
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// How long to wait for a lock, and by what clock.
struct Patience {
  /// Time that the processes of a killed run may take to end.
  static constexpr std::chrono::milliseconds default_limit = std::chrono::seconds(10);

  /// @param rest sleeps for the time given; tests pass one that returns at once
  // NOLINTNEXTLINE(google-explicit-constructor): a time is patience by the system's clock
  Patience(
      std::chrono::milliseconds most = default_limit,
      std::function<void(std::chrono::milliseconds)> rest =
          [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); })
      : limit(most), sleep(std::move(rest)) {}

  std::chrono::milliseconds limit;                       ///< of the sum of the pauses
  std::function<void(std::chrono::milliseconds)> sleep;  ///< pauses for the time given
};

/// The right to write a results file: one run per file. An open-file-description lock on a byte far beyond the file's
/// end, so it meets neither HDF5's locks nor MPI-IO's, leaves nothing behind and ends with its process. It belongs to
/// the file and not to its name: it stays valid when the file is renamed. A shared lock by flock() besides, if the file
/// system has it, makes HDF5 in other programs refuse to write.
class RunLock {
 public:
  /// What to do if there is no file.
  enum class Absent {
    refuse,  ///< throw
    create   ///< lock a new, empty one
  };

  /// Lock the file that has this name once the lock is held, even if it was replaced during the wait.
  /// @throws FileInUse if another run holds it, or another program writes to it, beyond `patience`
  /// @throws NoLocks if its file system has none
  /// @throws Error if the file cannot be opened for writing
  explicit RunLock(const std::filesystem::path& file, Absent absent = Absent::refuse, const Patience& patience = {});

  /// Return whether somebody holds the lock of FILE; none if that cannot be found out.
  static std::optional<bool> is_held(const std::filesystem::path& file);

  /// Whether programs that know nothing of this lock are kept from writing, too.
  [[nodiscard]] bool stops_other_programs() const { return stops_other_programs_; }

 private:
  Descriptor descriptor_;
  bool stops_other_programs_ = false;
};

/// @throws FileInUse if a run holds FILE
void require_not_in_use(const std::filesystem::path& file);

/// Return whether this name still is that of the opened file.
bool bears_name(const Descriptor& descriptor, const std::filesystem::path& file);

}  // namespace flatsweep::record
