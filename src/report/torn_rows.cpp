#include "flatsweep/report/torn_rows.hpp"

#include <algorithm>
#include <vector>

namespace flatsweep::report {

using record::CheckedStatus;
using record::ResultsReader;

bool is_quickly_checked(const ResultsReader& reader) {
  constexpr double most_bytes = 1 << 28;
  const double bytes = 8.0 * static_cast<double>(reader.layout().values_per_row());
  return bytes * static_cast<double>(reader.rows()) <= most_bytes;
}

void read_statuses(const ResultsReader& reader, std::uint64_t first, std::span<CheckedStatus> statuses) {
  if (is_quickly_checked(reader)) return reader.read_checked_statuses(first, statuses);
  std::vector<Status> unchecked(statuses.size());
  reader.read_statuses(first, unchecked);
  std::ranges::transform(unchecked, statuses.begin(), [](Status status) {
    return CheckedStatus{status, false};
  });
}

std::string torn_rows_text(const ResultsReader& reader) {
  if (!is_quickly_checked(reader)) return {};
  constexpr std::uint64_t block = 1 << 16;
  std::uint64_t torn = 0;
  std::vector<CheckedStatus> statuses;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    statuses.resize(std::min(block, reader.rows() - first));
    reader.read_checked_statuses(first, statuses);
    torn += static_cast<std::uint64_t>(std::ranges::count(statuses, true, &CheckedStatus::torn));
  }
  return torn_rows_text(torn);
}

std::string torn_rows_text(std::uint64_t count) {
  if (count == 0) return {};
  return std::to_string(count) + (count == 1 ? " torn row" : " torn rows") +
         ", not to be trusted: flatsweep verify names them, the next run computes them again";
}

}  // namespace flatsweep::report
