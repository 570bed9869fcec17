#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace flatsweep::job {

/// The most bytes of a job file. A resolved text, which lists every value of a sequence, may be longer.
inline constexpr std::size_t largest_job_text = 1U << 20U;

/// Return whether a text is UTF-8 without control characters other than tabs.
bool is_plain(std::string_view text);

/// Return the text of a job without a leading byte order mark. A job is UTF-8 text without control characters
/// other than tabs and line ends.
/// @param where the file's name, for messages
/// @param most bytes that it may have
/// @throws Error for anything else, located at `where:line`
std::string_view plain_text(std::string_view text, const std::string& where, std::size_t most = largest_job_text);

/// Return the line number (from 1) of every `key = value` of a job, in order. What Boost's config syntax
/// accepts wrongly, or refuses without a line number, is checked here: section headers and lines that are
/// neither comment, header nor `key = value`.
/// @throws Error for those, located at `where:line`
std::vector<std::size_t> entry_lines(std::string_view text, const std::string& where);

}  // namespace flatsweep::job
