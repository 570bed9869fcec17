#include "job/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/locale/utf.hpp>
#include <cstdint>

namespace flatsweep::job {
namespace {

/// A range of characters that look like ASCII, or like nothing.
struct Lookalikes {
  char32_t first;
  char32_t last;
  std::string_view name;
  std::string_view ascii;
};

constexpr auto lookalikes = std::to_array<Lookalikes>({
    {0x85, 0x85, "next line", " "},
    {0xA0, 0xA0, "no-break space", " "},
    {0xAD, 0xAD, "soft hyphen", ""},
    {0x1680, 0x1680, "Ogham space mark", " "},
    {0x180E, 0x180E, "Mongolian vowel separator", ""},
    {0x2000, 0x200A, "a typographic space", " "},
    {0x200B, 0x200B, "zero width space", ""},
    {0x200C, 0x200F, "an invisible character", ""},
    {0x2010, 0x2015, "a typographic dash", "-"},
    {0x2018, 0x201F, "a typographic quote", ""},
    {0x2028, 0x2029, "an invisible line end", " "},
    {0x202A, 0x202E, "an invisible character", ""},
    {0x202F, 0x202F, "narrow no-break space", " "},
    {0x205F, 0x205F, "mathematical space", " "},
    {0x2060, 0x206F, "an invisible character", ""},
    {0x2212, 0x2212, "minus sign", "-"},
    {0x3000, 0x3000, "ideographic space", " "},
    {0xFE58, 0xFE63, "a small dash", "-"},
    {0xFEFF, 0xFEFF, "byte order mark", ""},
    {0xFF01, 0xFF5E, "a full-width character", ""},
});

/// The row of a character; null if it looks like no ASCII.
const Lookalikes* lookalikes_of(char32_t point) {
  const auto* row =
      std::ranges::find_if(lookalikes, [&](const Lookalikes& r) { return r.first <= point && point <= r.last; });
  return row == lookalikes.end() ? nullptr : row;
}

}  // namespace

bool is_plain(std::string_view text) {
  using Utf8 = boost::locale::utf::utf_traits<char>;
  for (const char* position = text.begin(); position != text.end();) {
    const boost::locale::utf::code_point point = Utf8::decode(position, text.end());
    if (!boost::locale::utf::is_valid_codepoint(point)) return false;  // incomplete or illegal UTF-8
    if (point == 0x7f || (point < 0x20 && point != '\t')) return false;
  }
  return true;
}

std::string foreign_character(std::string_view text) {
  const auto* position = std::ranges::find_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (position == text.end()) return {};
  const char32_t point = boost::locale::utf::utf_traits<char>::decode(position, text.end());
  const Lookalikes* row = lookalikes_of(point);
  return fmt::format("U+{:04X}{}", std::uint32_t{point}, row != nullptr ? fmt::format(" ({})", row->name) : "");
}

std::string to_ascii(std::string_view text) {
  constexpr char32_t from_full_width = 0xFEE0;
  std::string ascii;
  for (const char* position = text.begin(); position != text.end();) {
    const char32_t point = boost::locale::utf::utf_traits<char>::decode(position, text.end());
    const Lookalikes* row = lookalikes_of(point);
    if (point < 0x80)
      ascii += static_cast<char>(point);
    else if (row == &lookalikes.back())
      ascii += static_cast<char>(point - from_full_width);
    else if (row != nullptr)
      ascii += row->ascii;
  }
  return ascii;
}

}  // namespace flatsweep::job
