#include "report/json_text.hpp"

#include <array>
#include <cstdio>

namespace flatsweep::report {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      json += {'\\', character};
    } else if (static_cast<unsigned char>(character) < 0x20) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(character));
      json += code.data();
    } else {
      json += character;
    }
  }
  return json + '"';
}

}  // namespace flatsweep::report
