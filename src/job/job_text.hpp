#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/job/job.hpp"

/// Settings as people write them: lines `key = value` of a text, and options of a command line.
namespace flatsweep::job {

/// The most bytes of a job file. A resolved text, which lists every value of a sequence, may be longer.
inline constexpr std::size_t largest_job_text = 1U << 20U;

/// The value of a key, not yet read, and the place where it was given.
struct Setting {
  std::string value;
  std::string place;  ///< `file:line`, or `--key`
  bool from_command_line;
};

/// By the names of keys of today.
using SettingsByKey = std::map<std::string, Setting>;

/// Return at most `largest_job_text` + 1 bytes of a file.
/// @throws Error located at the file, if it cannot be read
std::string read_text(const std::filesystem::path& file);

/// Read the lines of a job: comments from `#`, section headers and `key = value`. A job is UTF-8 text without control
/// characters other than tabs and line ends.
/// @param where stands for the file in messages
/// @param most bytes that the text may have
/// @throws Error located at `where` or `where:line`, for any other text, and for unknown or repeated keys
SettingsByKey settings_of_text(std::string_view text, const std::string& where, std::size_t most);

/// Return the settings that were given as `--key`.
/// @throws Error located at `--key`, as settings_of_text
SettingsByKey settings_of_overrides(const std::vector<Override>& overrides);

}  // namespace flatsweep::job
