#include "job/sequence.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "flatsweep/core/error.hpp"
#include "job/values.hpp"
#include "job/words.hpp"

namespace flatsweep::job {
namespace {

struct Sequence {
  bool logarithmic;
  double lo;
  double hi;
  std::int64_t count;
};

std::vector<std::string_view> split_at_commas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    parts.push_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(trimmed(text));
  return parts;
}

Sequence scan_sequence(std::string_view word) {
  const std::size_t open = word.find('(');
  const std::string_view spacing = word.substr(0, open);
  if ((spacing == "lin" || spacing == "log") && word.back() == ')') {
    const auto arguments = split_at_commas(word.substr(open + 1, word.size() - open - 2));
    if (arguments.size() == 3) {
      return {spacing == "log", parse_number(arguments[0]), parse_number(arguments[1]),
              parse_integer(arguments[2])};
    }
  }
  throw Error(in_quotes(word) + " is not a sequence", "there are lin(lo, hi, count) and log(lo, hi, count)",
              "Write e.g. lin(0, 1, 5) or log(0.01, 0.99, 20)");
}

void check(const Sequence& sequence, std::string_view word) {
  if (sequence.count < 1) {
    throw Error(in_quotes(word) + " has no values", "its count is " + std::to_string(sequence.count),
                "Write a count of at least 1");
  }
  if (static_cast<std::uint64_t>(sequence.count) > most_values) throw too_many_values();
  if (sequence.logarithmic && (sequence.lo <= 0.0 || sequence.hi <= 0.0)) {
    throw Error(in_quotes(word) + " does not exist", "the ends of a logarithmic sequence are positive",
                "Write lin(...), or list the zero apart, e.g. `0 log(0.01, 1, 5)`");
  }
  if (sequence.count == 1 && sequence.lo != sequence.hi) {
    throw Error(in_quotes(word) + " cannot hold both of its ends", "its count is 1",
                "Write a count of at least 2, or one value alone");
  }
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
  const long double exact = sequence.logarithmic ? std::exp(std::lerp(std::log(lo), std::log(hi), fraction))
                                                 : std::lerp(lo, hi, fraction);
  return rounded_to_15_digits(static_cast<double>(exact));
}

}  // namespace

std::vector<double> parse_sequence(std::string_view word) {
  const Sequence sequence = scan_sequence(word);
  check(sequence, word);
  std::vector<double> values = {sequence.lo};
  for (std::int64_t i = 1; i + 1 < sequence.count; ++i) values.push_back(interior_value(sequence, i));
  if (sequence.count > 1) values.push_back(sequence.hi);
  return values;
}

}  // namespace flatsweep::job
