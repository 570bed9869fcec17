#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::report {

/// Whether every value of the file can be looked at within a second.
bool is_quickly_checked(const record::ResultsReader& reader);

/// Statuses of the rows from `first` on, with torn rows told where the file is quickly checked.
void read_statuses(const record::ResultsReader& reader, std::uint64_t first,
                   std::span<record::CheckedStatus> statuses);

/// One sentence on the torn rows of a file; empty where there are none, or where the file is not quickly
/// checked.
std::string torn_rows_text(const record::ResultsReader& reader);

/// The same for a number that is known.
std::string torn_rows_text(std::uint64_t count);

}  // namespace flatsweep::report
