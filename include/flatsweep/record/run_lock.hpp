#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace flatsweep::record {

/// The right to write a results file: one run a file. An open-file-description lock on a byte far beyond the
/// file's end, so it meets neither HDF5's locks nor MPI-IO's, leaves nothing behind and ends with its
/// process. It belongs to the file and not to its name: it stays valid when the file is renamed.
class RunLock {
 public:
  /// How long the leftovers of a killed run may take to go.
  static constexpr std::chrono::milliseconds default_patience = std::chrono::seconds(10);

  /// What to do where there is no file.
  enum class Absent {
    refuse,  ///< throw
    create   ///< lock a new, empty one
  };

  /// Locks the file that bears this name once the lock is held, even where it was replaced while waiting.
  /// @param absent whether to create the file, empty, where there is none
  /// @throws FileInUse where another run holds it for longer than `patience`
  /// @throws Error where the file cannot be opened for writing, or its file system knows no locks
  explicit RunLock(const std::filesystem::path& file, Absent absent = Absent::refuse,
                   std::chrono::milliseconds patience = default_patience);
  /// Whether somebody holds the lock of FILE; nothing where that cannot be told.
  static std::optional<bool> is_held(const std::filesystem::path& file);

  /// The other one holds nothing then.
  RunLock(RunLock&&) noexcept;
  /// Gives up what this one held; the other one holds nothing then.
  RunLock& operator=(RunLock&&) noexcept;
  ~RunLock();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace flatsweep::record
