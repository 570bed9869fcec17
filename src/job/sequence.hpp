#pragma once

#include <string_view>
#include <vector>

namespace flatsweep::job {

/// The values of `lin(lo, hi, count)` or `log(lo, hi, count)`. Both ends are exact; the values between
/// are rounded to 15 significant digits, so that every machine reads the same ones.
/// @throws Error for anything else, for a count below 1, for ends that are equal (or differ with count 1),
///         and for a logarithmic end that is not positive
std::vector<double> parse_sequence(std::string_view word);

}  // namespace flatsweep::job
