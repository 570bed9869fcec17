#pragma once

#include <cstdint>
#include <iosfwd>

#include "flatsweep/record/results_reader.hpp"
#include "report/gamma_table.hpp"

namespace flatsweep::report {

/// The job and the axes of one value, which all tables share.
void print_text_heading(std::ostream& out, const record::ResultsReader& reader);

/// One table in at most 100 columns. @param first_row of the table in the results file
void print_text(std::ostream& out, const record::Layout& layout, std::uint64_t first_row,
                const GammaTable& table);

}  // namespace flatsweep::report
