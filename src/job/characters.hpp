#pragma once

#include <string>
#include <string_view>

namespace flatsweep::job {

/// Return whether a text is UTF-8 without control characters other than tabs.
bool is_plain(std::string_view text);

/// Name the first character of a UTF-8 text that is not ASCII by its code point, e.g. `U+00A0 (no-break space)`; empty
/// if there is none. Editors and web pages put such characters where they look like a space or a sign.
std::string foreign_character(std::string_view text);

/// Return the text with ASCII for what only looks like it: spaces, signs, quotes and full-width characters. What has
/// no likeness, or no width, is left out.
std::string to_ascii(std::string_view text);

}  // namespace flatsweep::job
