#include "flatsweep/core/text.hpp"

#include <array>
#include <charconv>

namespace flatsweep {

std::string shortest(double number) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string_view first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto continues_character = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (most > 0 && continues_character(most)) --most;
  return text.substr(0, most);
}

}  // namespace flatsweep
