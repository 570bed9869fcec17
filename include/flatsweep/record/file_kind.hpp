#pragma once

#include <filesystem>
#include <string_view>

namespace flatsweep::record {

/// What stands under a name, by its first bytes and the marks that flatsweep leaves.
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

/// Of FILE, whatever it is: what cannot be opened is a kind too.
FileKind kind_of(const std::filesystem::path& file);

/// With its article: `an HDF5 file of another program`.
std::string_view describe(FileKind kind);

/// @throws Error where FILE is something that flatsweep did not write: that is overwritten by nobody's wish
void require_own(const std::filesystem::path& file);

/// Root attribute `title` of the files of one configuration, and of one program's solution.
inline constexpr const char* experiment_title = "one configuration of flatsweep";
/// The same, of the solution of one program.
inline constexpr const char* program_solution_title = "solution of one program by flatsweep";

}  // namespace flatsweep::record
