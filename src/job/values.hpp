#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep::job {

/// Return a text without the white space around it.
std::string_view trimmed(std::string_view text);

/// Return the parts of a text between any of the separators, except those inside parentheses.
std::vector<std::string_view> split(std::string_view text, std::string_view separators);

/// Return the parts of a list that white space or commas separate, except inside parentheses.
std::vector<std::string_view> split_list(std::string_view text);

/// Return the remedy to write this text, which is whole there unless it is very long.
std::string advice(std::string_view text);

/// Return the parts of a list that white space separates, except inside parentheses.
/// @throws Error if a comma stands outside parentheses
std::vector<std::string_view> words(std::string_view text);

/// Quote a text for a message: in backquotes, cut to 60 bytes.
std::string in_quotes(std::string_view text);

/// The most values one key takes.
inline constexpr std::size_t most_values = 1'000'000;
Error too_many_values();

/// @throws Error for anything but one finite number
double parse_number(std::string_view word);

/// @throws Error with this remedy for anything but one whole number of 64 bits
std::int64_t parse_integer(std::string_view word, std::string_view remedy = "Write a whole number, e.g. 100");

/// Read `on` or `off`.
/// @throws Error for anything else
bool parse_switch(std::string_view word);

/// Return the values of `lin(lo, hi, count)` or `log(lo, hi, count)`. Both ends are exact; the values between
/// are rounded to 15 significant digits, so that every machine reads the same ones.
/// @throws Error for anything else, for a count below 1, for ends that are equal (or differ with count 1),
///         and for a logarithmic end that is not positive
std::vector<double> parse_sequence(std::string_view word);

/// Read a list of numbers, `lin(lo, hi, count)` and `log(lo, hi, count)`.
/// @throws Error for anything else
std::vector<double> parse_numbers(std::string_view text);

/// Read a list of whole numbers and inclusive ranges `first..last`.
/// @throws Error for anything else
std::vector<std::int64_t> parse_integers(std::string_view text);

/// Canonical text of a list; three or more consecutive integers become `first..last`.
std::string to_text(std::span<const double> numbers);
std::string to_text(std::span<const std::int64_t> integers);
std::string to_text(std::span<const std::string> names);

/// Quote a key with one value for a message: `gamma = 1.2`.
template <typename Value>
std::string setting(std::string_view key, const Value& value) {
  return in_quotes(std::string(key) + " = " + to_text(std::vector{value}));
}

/// Return the smallest value that stands twice in a list.
template <typename Value>
std::optional<Value> find_duplicate(std::vector<Value> list) {
  std::ranges::sort(list);
  const auto twin = std::ranges::adjacent_find(list);
  return twin == list.end() ? std::nullopt : std::optional(*twin);
}

}  // namespace flatsweep::job
