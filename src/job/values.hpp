#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/core/error.hpp"

namespace flatsweep::job {

/// The most values one key takes.
inline constexpr std::size_t most_values = 1'000'000;
Error too_many_values();

/// @throws Error for anything but one finite number
double parse_number(std::string_view word);

/// @throws Error for anything but one whole number of 64 bits
std::int64_t parse_integer(std::string_view word);

/// `on` or `off`. @throws Error for anything else
bool parse_switch(std::string_view word);

/// A list of numbers, `lin(lo, hi, count)` and `log(lo, hi, count)`. @throws Error for anything else
std::vector<double> parse_numbers(std::string_view text);

/// A list of whole numbers and inclusive ranges `first..last`. @throws Error for anything else
std::vector<std::int64_t> parse_integers(std::string_view text);

/// Canonical text of a list; three or more consecutive integers become `first..last`.
std::string to_text(std::span<const double> numbers);
std::string to_text(std::span<const std::int64_t> integers);
std::string to_text(std::span<const std::string> names);

}  // namespace flatsweep::job
