#pragma once

#include <filesystem>
#include <functional>

namespace flatsweep::record {

/// What to do with a FILE that exists.
enum class Existing {
  refuse,    ///< leave it and throw
  overwrite  ///< replace it
};

/// The name under which FILE is written before it is whole.
std::filesystem::path temporary_name(const std::filesystem::path& file);

/// Calls `write(FILE.tmp)`, syncs it to disk and renames it to FILE, so that FILE is never half-written.
/// Leaves no FILE.tmp behind where `write` throws.
/// @throws Error where the directory, its permissions or the disk do not allow it
void write_new_file(const std::filesystem::path& file,
                    const std::function<void(const std::filesystem::path&)>& write);

/// @throws Error where FILE's directory is missing, or FILE is a directory, a device or the like
void require_place(const std::filesystem::path& file);

/// @throws Error where FILE exists and is not to be overwritten
void require_absent(const std::filesystem::path& file, Existing existing);

}  // namespace flatsweep::record
