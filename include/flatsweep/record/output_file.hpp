#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace flatsweep::record {

/// Kinds of files, by their first bytes and the marks that flatsweep leaves; first those that it may replace.
enum class FileKind {
  absent,            ///< no file
  empty,             ///< 0 bytes
  results,           ///< of flatsweep run
  experiment,        ///< one configuration, of flatsweep solve
  program_solution,  ///< of flatsweep solve --program
  unreadable_hdf5,   ///< cut off, damaged, or of a newer library
  foreign_hdf5,      ///< of another program
  no_hdf5,           ///< some other file
};

/// What to do if FILE exists.
enum class Existing {
  refuse,     ///< leave it and throw
  overwrite,  ///< replace it
  resume      ///< continue it, if it holds results of the same job
};

/// Return the kind of FILE. Nothing is thrown: a file that cannot be opened has a kind too.
FileKind kind_of(const std::filesystem::path& file);

/// Return the kind in words with their article: `an HDF5 file of another program`.
std::string_view describe(FileKind kind);

/// @throws Error if FILE exists and was not written by flatsweep, which is then not overwritten
void require_own(const std::filesystem::path& file);

/// @throws Error if FILE exists and `existing` is refuse
void require_absent(const std::filesystem::path& file, Existing existing);

/// @throws Error if FILE's directory is missing, or FILE is a directory, a device or the like
void require_place(const std::filesystem::path& file);

/// @throws Error if no file can be created under FILE's hidden name: the directory is not writable, the name is too
/// long, or something is there that no command left
void require_creatable(const std::filesystem::path& file);

/// Return FILE, or what it leads to if it is a symbolic link, which need not exist.
std::filesystem::path target_of(const std::filesystem::path& file);

/// @throws Error if FILE exists and may not be read, or is a directory, a pipe or the like
void require_readable(const std::filesystem::path& file);

/// @throws Error if FILE holds results of a sweep, which no other command replaces
/// @throws FileInUse if a run holds FILE
void require_no_results(const std::filesystem::path& file);

/// Return the hidden name, in the folder of FILE's target, under which FILE is written until it is whole.
std::filesystem::path temporary_name(const std::filesystem::path& file);

/// Call `write(temporary_name(FILE))`, sync that to disk and rename it to FILE, so that FILE is never half-written. If
/// `write` throws, nothing is left. A symbolic link stays, and its target is written.
/// @throws Error if the directory, its permissions or the disk do not allow it
void write_new_file(const std::filesystem::path& file, const std::function<void(const std::filesystem::path&)>& write);

/// Root attribute `title` of the files of one configuration.
inline constexpr const char* experiment_title = "one configuration of flatsweep";
/// Root attribute `title` of the solution of one program.
inline constexpr const char* program_solution_title = "solution of one program by flatsweep";

}  // namespace flatsweep::record
