#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace flatsweep::record {

/// How long to wait for a lock, and by what clock.
struct Patience {
  /// Time that the processes of a killed run may take to end.
  static constexpr std::chrono::milliseconds default_limit = std::chrono::seconds(10);

  // NOLINTNEXTLINE(google-explicit-constructor): a time is patience by the system's clock
  Patience(std::chrono::milliseconds most = default_limit);

  /// @param rest sleeps for the time given; tests pass one that returns at once
  Patience(std::chrono::milliseconds most, std::function<void(std::chrono::milliseconds)> rest)
      : limit(most), sleep(std::move(rest)) {}

  std::chrono::milliseconds limit;
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// The right to write a results file: one run a file. An open-file-description lock on a byte far beyond the
/// file's end, so it meets neither HDF5's locks nor MPI-IO's, leaves nothing behind and ends with its
/// process. It belongs to the file and not to its name: it stays valid when the file is renamed.
class RunLock {
 public:
  /// What to do if there is no file.
  enum class Absent {
    refuse,  ///< throw
    create   ///< lock a new, empty one
  };

  /// Lock the file that has this name once the lock is held, even if it was replaced during the wait.
  /// @throws FileInUse if another run holds it beyond `patience`
  /// @throws Error if the file cannot be opened for writing, or its file system has no locks
  explicit RunLock(const std::filesystem::path& file, Absent absent = Absent::refuse, const Patience& patience = {});

  /// Return whether somebody holds the lock of FILE; none if that cannot be found out.
  static std::optional<bool> is_held(const std::filesystem::path& file);

  /// A moved-from lock holds nothing.
  RunLock(RunLock&&) noexcept;
  /// Give up what this one held; a moved-from lock holds nothing.
  RunLock& operator=(RunLock&&) noexcept;
  ~RunLock();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
