#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "flatsweep/experiment/outcome.hpp"
#include "flatsweep/record/results_reader.hpp"
#include "record/variables.hpp"

namespace flatsweep::record {

/// Writes all of the rows of consecutive ids: values, then checksums, then statuses, so that no reader takes
/// a row for whole before it is.
/// @param ranks, attempts one a row
void write_rows(const Variables& variables, const Layout& layout, std::span<const experiment::Outcome> rows,
                std::span<const std::int32_t> ranks, std::span<const std::uint8_t> attempts);

/// All of some rows; statuses are read first, as they are written last.
std::vector<Row> read_rows(const Variables& variables, const Layout& layout, std::uint64_t first,
                           std::size_t count);

/// A status of the file; pending where the byte is none.
Status known_status(std::uint8_t byte);

}  // namespace flatsweep::record
