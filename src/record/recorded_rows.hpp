#pragma once

#include <functional>
#include <span>

#include "flatsweep/record/results_reader.hpp"

namespace flatsweep::record {

/// Calls `visit` with all rows that have a status, torn ones among them, in the order of ids: stretches of
/// consecutive ids, short enough for memory.
void for_each_recorded(const ResultsReader& reader, const std::function<void(std::span<const Row>)>& visit);

/// Calls `visit` with the longest stretches of rows whose ids are consecutive and for which `wanted` holds.
template <typename Wanted, typename Visit>
void for_each_stretch(std::span<const Row> rows, Wanted wanted, Visit visit) {
  for (std::size_t first = 0, last = 0; first < rows.size(); first = last + 1) {
    last = first;
    if (!wanted(first)) continue;
    while (last + 1 < rows.size() && wanted(last + 1) &&
           value(rows[last + 1].outcome.id) == value(rows[last].outcome.id) + 1)
      ++last;
    visit(rows.subspan(first, last - first + 1));
  }
}

}  // namespace flatsweep::record
