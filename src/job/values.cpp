#include "job/values.hpp"

#include <charconv>
#include <cmath>
#include <optional>

#include "flatsweep/core/text.hpp"
#include "job/sequence.hpp"
#include "job/words.hpp"

namespace flatsweep::job {
namespace {

template <typename Number>
struct Scanned {
  std::optional<Number> number;  // empty unless the whole word is one
  bool out_of_range = false;     // a number, but none of this type
};

template <typename Number>
Scanned<Number> scan(std::string_view word) {
  Number number{};
  const char* const end = word.data() + word.size();
  const auto [stop, trouble] = std::from_chars(word.data(), end, number);
  if (trouble == std::errc::invalid_argument || stop != end) return {};
  if (trouble == std::errc::result_out_of_range) return {std::nullopt, true};
  return {number, false};
}

struct Range {
  std::int64_t first;
  std::int64_t last;
};

/// `first..last`, or a single integer.
Range parse_range(std::string_view word) {
  const std::size_t dots = word.find("..");
  if (dots == std::string_view::npos) {
    const std::int64_t integer = parse_integer(word);
    return {integer, integer};
  }
  const auto first = scan<std::int64_t>(word.substr(0, dots)).number;
  const auto last = scan<std::int64_t>(word.substr(dots + 2)).number;
  if (!first || !last) {
    throw Error(in_quotes(word) + " is not a range",
                "a range is two whole numbers with two dots and no space between", "Write e.g. 0..9");
  }
  if (*first > *last) {
    throw Error(in_quotes(word) + " is empty", "its first number is larger than its last",
                "Write " + std::to_string(*last) + ".." + std::to_string(*first));
  }
  return {*first, *last};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text.append(text.empty() ? "" : " ").append(part);
  return text;
}

}  // namespace

Error too_many_values() {
  return Error("the list is too long", "a key takes at most " + std::to_string(most_values) + " values",
               "Write fewer values, or several jobs");
}

double parse_number(std::string_view word) {
  const auto [number, out_of_range] = scan<double>(word);
  if (out_of_range || (number && !std::isfinite(*number))) {
    throw Error(in_quotes(word) + " is not a finite number",
                "numbers are doubles, of size 1e-307 to 1e308, or 0", "Write a number in that range");
  }
  if (!number) {
    throw Error(in_quotes(word) + " is not a number",
                "numbers are written like 0.5 or 1e-3, with spaces between",
                "Write numbers, lin(lo, hi, count) or log(lo, hi, count)");
  }
  return *number + 0.0;  // -0 becomes 0
}

std::int64_t parse_integer(std::string_view word) {
  const auto [integer, out_of_range] = scan<std::int64_t>(word);
  if (out_of_range) {
    throw Error(in_quotes(word) + " does not fit", "whole numbers end at 9223372036854775807",
                "Write a smaller one");
  }
  if (!integer) {
    throw Error(in_quotes(word) + " is not a whole number",
                "whole numbers are written in digits, with spaces between",
                "Write whole numbers like 100, or a range like 0..9");
  }
  return *integer;
}

bool parse_switch(std::string_view word) {
  if (word == "on") return true;
  if (word == "off") return false;
  throw Error(in_quotes(word) + " is not a switch", "a switch is on or off", "Write on or off");
}

std::vector<double> parse_numbers(std::string_view text) {
  std::vector<double> numbers;
  for (const std::string_view word : words(text)) {
    if (word.find_first_of("()") == std::string_view::npos) {
      numbers.push_back(parse_number(word));
    } else {
      const std::vector<double> sequence = parse_sequence(word);
      numbers.insert(numbers.end(), sequence.begin(), sequence.end());
    }
    if (numbers.size() > most_values) throw too_many_values();
  }
  return numbers;
}

std::vector<std::int64_t> parse_integers(std::string_view text) {
  std::vector<std::int64_t> integers;
  for (const std::string_view word : words(text)) {
    const auto [first, last] = parse_range(word);
    const std::uint64_t steps = static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first);
    if (steps >= most_values - integers.size()) throw too_many_values();
    for (std::uint64_t step = 0; step <= steps; ++step)
      integers.push_back(first + static_cast<std::int64_t>(step));
  }
  return integers;
}

std::string to_text(std::span<const double> numbers) {
  std::vector<std::string> parts;
  for (const double number : numbers) parts.push_back(shortest(number));
  return joined(parts);
}

std::string to_text(std::span<const std::int64_t> integers) {
  std::vector<std::string> parts;
  for (std::size_t first = 0, last = 0; first < integers.size(); first = ++last) {
    while (last + 1 < integers.size() && integers[last] < integers[last + 1] &&
           integers[last] + 1 == integers[last + 1])
      ++last;
    if (last < first + 2) last = first;  // two integers are shorter than their range
    parts.push_back(std::to_string(integers[first]));
    if (last > first) parts.back() += ".." + std::to_string(integers[last]);
  }
  return joined(parts);
}

std::string to_text(std::span<const std::string> names) { return joined({names.begin(), names.end()}); }

}  // namespace flatsweep::job
