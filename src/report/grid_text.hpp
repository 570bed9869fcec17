#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/record/layout.hpp"

namespace flatsweep::report {

/// Return the number with this many significant digits; `-` for NaN.
std::string number_text(double number, int digits = 6);

/// Return a correlation with three decimals at most; `-` for NaN.
std::string correlation_text(double correlation);

/// Return the shortest text that reads back as the same double; empty for NaN.
std::string exact_text(double number);

/// Return the value of an axis at a position, a number with six significant digits.
std::string value_text(const job::Axis& axis, std::size_t position);

/// Return the value of an axis at a position, a number with exact_text.
std::string exact_value_text(const job::Axis& axis, std::size_t position);

/// Return whether the axis runs along the rows of one curve.
bool is_within_curve(const job::Axis& axis);

/// Return the axis gamma.
const job::Axis& gamma_axis(const record::Layout& layout);

/// Return the positions of a row along every axis, slowest first.
std::vector<std::size_t> positions(const record::Layout& layout, std::uint64_t row);

/// Return `name value` of every axis that is wanted, for a row.
std::vector<std::string> named_values(const record::Layout& layout, std::uint64_t row,
                                      bool (*is_wanted)(const job::Axis& axis));

/// Columns of a table or a text, if no terminal is narrower.
inline constexpr std::size_t most_columns = 100;

/// Print the parts, separated by commas, in lines of at most `width` columns if the parts allow.
void print_list(std::ostream& out, const std::vector<std::string>& parts, std::size_t width = most_columns);

/// Print a text, its lines broken between words.
void print_text(std::ostream& out, const std::string& text, std::size_t width);

}  // namespace flatsweep::report
