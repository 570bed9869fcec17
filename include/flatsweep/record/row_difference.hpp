#pragma once

#include <optional>
#include <string>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/layout.hpp"

namespace flatsweep::record {

/// Say the first thing in which two outcomes of one configuration differ, columns of time and place apart,
/// e.g. `flatness is 3.1 and 3.2`; nothing if they agree.
/// @param tolerance 0 for the same bits; else numbers x, y may differ by tolerance max(1, |x|, |y|), and
///        iterations by anything
/// @pre rows of this layout, of one id
std::optional<std::string> row_difference(const Layout& layout, const experiment::Outcome& one,
                                          const experiment::Outcome& other, double tolerance = 0.0);

}  // namespace flatsweep::record
