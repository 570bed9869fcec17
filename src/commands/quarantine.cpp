#include "commands/quarantine.hpp"

#include <algorithm>

namespace flatsweep::cli {

std::vector<ConfigurationId> read_deadly(const record::ResultsReader& reader) {
  constexpr std::size_t chunk_rows = 1 << 16;
  std::vector<ConfigurationId> deadly;
  for (std::size_t first = 0; first < reader.rows(); first += chunk_rows) {
    const std::size_t count = std::min<std::size_t>(chunk_rows, reader.rows() - first);
    std::vector<Status> statuses(count);
    std::vector<double> attempts(count);
    reader.read_statuses(first, statuses);
    reader.read("attempts", first, attempts);
    for (std::size_t i = 0; i < count; ++i) {
      const bool is_deadly = statuses[i] == Status::pending && attempts[i] >= most_deaths;
      if (is_deadly) deadly.push_back(ConfigurationId{first + i});
    }
  }
  return deadly;
}

void quarantine(const std::vector<ConfigurationId>& deadly, schedule::Ledger& ledger,
                record::ResultsWriter& writer) {
  for (const ConfigurationId id : deadly) {
    if (!ledger.is_open(id)) continue;
    experiment::Outcome row;
    row.id = id;
    row.status = Status::crashed;
    writer.write({&row, 1});
    ledger.assign({id, 1});
    ledger.complete(id, Status::crashed);
  }
}

}  // namespace flatsweep::cli
