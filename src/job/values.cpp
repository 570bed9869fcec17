#include "job/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "flatsweep/core/text.hpp"

namespace flatsweep::job {
namespace {

constexpr std::string_view list_separators = ", \t\r\n\f\v";
constexpr std::string_view white_space = list_separators.substr(1);

std::vector<std::string_view> nonempty_parts(std::string_view text, std::string_view between) {
  std::vector<std::string_view> parts = split(text, between);
  std::erase(parts, "");
  return parts;
}

/// Read the ends of `first..last`, or a single integer.
std::pair<std::int64_t, std::int64_t> parse_range(std::string_view word) {
  const std::size_t dots = word.find("..");
  if (dots == std::string_view::npos) {
    const std::int64_t integer = parse_integer(word, "Write whole numbers like 2, or a range like 2..9");
    return {integer, integer};
  }
  const auto first = flatsweep::parse<std::int64_t>(word.substr(0, dots)).number;
  const auto last = flatsweep::parse<std::int64_t>(word.substr(dots + 2)).number;
  if (!first || !last)
    throw Error(in_quotes(word) + " is not a range", "a range is two whole numbers with two dots and no space between",
                "Write e.g. 2..9");
  if (*first > *last)
    throw Error(in_quotes(word) + " is empty", "its first number is larger than its last",
                fmt::format("Write {}..{}", *last, *first));
  return {*first, *last};
}

struct Sequence {
  bool logarithmic;
  double lo;
  double hi;
  std::int64_t count;
};

Sequence scan_sequence(std::string_view word) {
  const std::size_t open = word.find('(');
  const std::string_view spacing = word.substr(0, open);
  if ((spacing == "lin" || spacing == "log") && word.back() == ')') {
    const auto arguments = split(word.substr(open + 1, word.size() - open - 2), ",");
    if (arguments.size() == 3)
      return {spacing == "log", parse_number(trimmed(arguments[0])), parse_number(trimmed(arguments[1])),
              parse_integer(trimmed(arguments[2]))};
  }
  throw Error(in_quotes(word) + " is not a sequence", "there are lin(lo, hi, count) and log(lo, hi, count)",
              "Write e.g. `lin(0, 1, 5)` or `log(0.01, 0.99, 20)`");
}

void check(const Sequence& sequence, std::string_view word) {
  if (sequence.count < 1)
    throw Error(in_quotes(word) + " has no values", fmt::format("its count is {}", sequence.count),
                "Write a count of at least 1");
  if (static_cast<std::uint64_t>(sequence.count) > most_values) throw too_many_values();
  if (sequence.logarithmic && (sequence.lo <= 0.0 || sequence.hi <= 0.0))
    throw Error(in_quotes(word) + " does not exist", "the ends of a logarithmic sequence are positive",
                "Write lin(...), or list the zero apart, e.g. `0 log(0.01, 1, 5)`");
  if (sequence.count == 1 && sequence.lo != sequence.hi)
    throw Error(in_quotes(word) + " cannot hold both of its ends", "its count is 1",
                "Write a count of at least 2, or one value alone");
  if (sequence.count > 1 && sequence.lo == sequence.hi)
    throw Error(in_quotes(word) + " repeats one value", "its ends are equal", "Write the one value alone");
}

double rounded_to_15_digits(double number) {
  std::array<char, 32> text;
  char* const begin = text.data();
  const auto written = std::to_chars(begin, begin + text.size(), number, std::chars_format::scientific, 14);
  std::from_chars(begin, written.ptr, number);
  return number;
}

/// Extended precision, since the last bit of a double's log and exp differs between machines.
double interior_value(const Sequence& sequence, std::int64_t i) {
  const long double fraction = static_cast<long double>(i) / static_cast<long double>(sequence.count - 1);
  const long double lo = sequence.lo;
  const long double hi = sequence.hi;
  const long double exact =
      sequence.logarithmic ? std::exp(std::lerp(std::log(lo), std::log(hi), fraction)) : std::lerp(lo, hi, fraction);
  return rounded_to_15_digits(static_cast<double>(exact));
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    if (depth > 0 || separators.find(text[i]) == std::string_view::npos) continue;
    parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

std::vector<std::string_view> split_list(std::string_view text) { return nonempty_parts(text, list_separators); }

std::string advice(std::string_view text) {
  constexpr std::size_t most = 300;
  return text.size() > most ? "Write the same values with spaces between" : fmt::format("Write `{}`", text);
}

std::vector<std::string_view> words(std::string_view text) {
  if (split(text, ",").size() > 1)
    throw Error(in_quotes(trimmed(text)) + " has a comma",
                "spaces separate values, and a point the decimals of a number",
                advice(fmt::format("{}", fmt::join(split_list(text), " "))));
  return nonempty_parts(text, white_space);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  return fmt::format("`{}{}`", first_bytes(text, most), text.size() > most ? "..." : "");
}

Error too_many_values() {
  return Error("the list is too long", fmt::format("a key takes at most {} values", most_values),
               "Write fewer values, or several jobs");
}

double parse_number(std::string_view word) {
  const auto [number, out_of_range] = flatsweep::parse<double>(word);
  constexpr std::string_view range = "numbers are doubles, of size 5e-324 to 1.7e308, or 0";
  if (out_of_range && std::abs(std::strtod(std::string(word).c_str(), nullptr)) < 1.0)
    throw Error(in_quotes(word) + " is too close to 0", range, "Write 0, or a number in that range");
  if (out_of_range || (number && !std::isfinite(*number)))
    throw Error(in_quotes(word) + " is not a finite number", range, "Write a number in that range");
  if (!number)
    throw Error(
        in_quotes(word) + " is not a number",
        "numbers are written like 0.5 or 1e-3, with spaces between, or as lin(lo, hi, count) or log(lo, hi, count)",
        "Write numbers, e.g. `0.5 lin(0.6, 0.9, 4)`");
  return *number + 0.0;  // -0 becomes 0
}

std::int64_t parse_integer(std::string_view word, std::string_view remedy) {
  const auto [integer, out_of_range] = flatsweep::parse<std::int64_t>(word);
  if (out_of_range)
    throw Error(in_quotes(word) + " does not fit", "whole numbers end at 9223372036854775807", "Write a smaller one");
  if (!integer)
    throw Error(in_quotes(word) + " is not a whole number", "whole numbers are written in digits, with spaces between",
                remedy);
  return *integer;
}

bool parse_switch(std::string_view word) {
  if (word != "on" && word != "off")
    throw Error(in_quotes(word) + " is not a switch", "a switch is on or off", "Write on or off");
  return word == "on";
}

std::vector<double> parse_sequence(std::string_view word) {
  const Sequence sequence = scan_sequence(word);
  check(sequence, word);
  std::vector<double> values = {sequence.lo};
  for (std::int64_t i = 1; i + 1 < sequence.count; ++i) values.push_back(interior_value(sequence, i));
  if (sequence.count > 1) values.push_back(sequence.hi);
  return values;
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
    for (std::uint64_t step = 0; step <= steps; ++step) integers.push_back(first + static_cast<std::int64_t>(step));
  }
  return integers;
}

std::string to_text(std::span<const double> numbers) {
  std::vector<std::string> parts;
  for (const double number : numbers) parts.push_back(shortest(number));
  return to_text(parts);
}

std::string to_text(std::span<const std::int64_t> integers) {
  std::vector<std::string> parts;
  for (std::size_t first = 0, last = 0; first < integers.size(); first = ++last) {
    while (last + 1 < integers.size() && integers[last] < integers[last + 1] &&
           integers[last] + 1 == integers[last + 1])
      ++last;
    if (last < first + 2) last = first;  // two integers are shorter than their range
    parts.push_back(last > first ? fmt::format("{}..{}", integers[first], integers[last])
                                 : fmt::format("{}", integers[first]));
  }
  return to_text(parts);
}

std::string to_text(std::span<const std::string> names) { return fmt::format("{}", fmt::join(names, " ")); }

}  // namespace flatsweep::job
