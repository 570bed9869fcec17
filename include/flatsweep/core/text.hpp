#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flatsweep {

/// The shortest text that reads back as the same number.
std::string shortest(double number);

/// The first `most` bytes of a UTF-8 text, or up to three fewer: none of its characters is cut in two.
std::string_view first_bytes(std::string_view text, std::size_t most);

}  // namespace flatsweep
