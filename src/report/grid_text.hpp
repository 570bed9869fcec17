#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "flatsweep/job/axis.hpp"
#include "flatsweep/record/layout.hpp"

namespace flatsweep::report {

/// Six significant digits, `-` for NaN.
std::string number_text(double number);

/// The value of an axis at a position.
std::string value_text(const job::Axis& axis, std::size_t position);

/// `name value` of every axis of more than one value, for a row.
std::vector<std::string> varying_values(const record::Layout& layout, std::uint64_t row);

/// `name value` of every axis of one value.
std::vector<std::string> constant_values(const record::Layout& layout);

/// The parts, separated by commas, in lines of at most 100 columns.
void print_list(std::ostream& out, const std::vector<std::string>& parts);

}  // namespace flatsweep::report
