#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "flatsweep/core/error.hpp"

/// Numbers and names as texts.
namespace flatsweep {

/// The number that a text spells, or why there is none.
template <typename Number>
struct Parsed {
  std::optional<Number> number;  ///< nothing unless the whole text is one
  bool out_of_range = false;     ///< whether the text is a number, but too large or small for the type
};

/// Read a number without a sign `+`, without spaces and whatever the locale; a double may also be `inf` or `nan`.
template <typename Number>
Parsed<Number> parse(std::string_view text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop != end || error == std::errc::invalid_argument) return {};
  if (error == std::errc::result_out_of_range) return {std::nullopt, true};
  return {number};
}

/// Return the double that the whole text spells, which may be infinite or NaN; nothing if it spells none.
inline std::optional<double> parse_double(std::string_view text) { return parse<double>(text).number; }

/// Return the whole number that the whole text spells; nothing if it spells none or one that does not fit.
template <std::integral Integer = std::int64_t>
std::optional<Integer> parse_integer(std::string_view text) {
  return parse<Integer>(text).number;
}

/// Return the shortest text that reads back as the same number.
inline std::string shortest(double number) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

/// Return the first `most` bytes of a UTF-8 text, or up to three fewer, so that no character is cut in two.
constexpr std::string_view first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;  // a continuation byte
  return text.substr(0, most);
}

/// The names of an enumeration whose values count from 0, as users write them.
template <typename Enum, std::size_t count>
struct EnumNames {
  std::string_view noun;                      ///< what an unknown name is not, e.g. `objective`
  std::array<std::string_view, count> names;  ///< indexed by the value

  /// Return the value of this name.
  /// @throws Error if there is none; it suggests the nearest name
  [[nodiscard]] Enum parse(std::string_view text) const {
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) throw unknown_name(noun, text, all());
    return static_cast<Enum>(found - names.begin());
  }

  /// Return the name of a value, such that parse(name(value)) == value.
  [[nodiscard]] constexpr std::string_view name(Enum value) const { return names[static_cast<std::size_t>(value)]; }

  /// Return all names in the order of their values, for messages.
  [[nodiscard]] std::vector<std::string> all() const { return {names.begin(), names.end()}; }
};

}  // namespace flatsweep
