#pragma once

#include <string>
#include <string_view>

namespace flatsweep::report {

/// A JSON string, quotes included.
std::string json_text(std::string_view text);

}  // namespace flatsweep::report
