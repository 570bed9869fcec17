#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flatsweep::job {

/// Without the white space around it.
std::string_view trimmed(std::string_view text);

/// The parts of a list: white space separates them, except inside parentheses.
/// @throws Error where a comma stands outside parentheses
std::vector<std::string_view> words(std::string_view text);

/// For messages: in backquotes, cut to 60 bytes where longer.
std::string in_quotes(std::string_view text);

}  // namespace flatsweep::job
