#pragma once

#include <cstdint>
#include <iosfwd>

#include "flatsweep/record/results_reader.hpp"
#include "report/gamma_table.hpp"

namespace flatsweep::report {

/// The line of column names.
void print_csv_heading(std::ostream& out, const record::Layout& layout);

/// One table, a line a gamma. @param first_row of the table in the results file
void print_csv(std::ostream& out, const record::Layout& layout, std::uint64_t first_row,
               const GammaTable& table);

}  // namespace flatsweep::report
