#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flatsweep {

/// Return the shortest text that reads back as the same number.
std::string shortest(double number);

/// Return the first `most` bytes of a UTF-8 text, or up to three fewer, so that no character is cut in two.
std::string_view first_bytes(std::string_view text, std::size_t most);

}  // namespace flatsweep
