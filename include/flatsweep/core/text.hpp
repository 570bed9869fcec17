#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flatsweep {

/// The shortest text that reads back as the same number.
std::string shortest(double number);

/// Its first `most` bytes, fewer where they would end within a UTF-8 character.
std::string_view first_bytes(std::string_view text, std::size_t most);

}  // namespace flatsweep
