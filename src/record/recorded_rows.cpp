#include "record/recorded_rows.hpp"

#include <algorithm>

namespace flatsweep::record {

void for_each_recorded(const ResultsReader& reader, const std::function<void(std::span<const Row>)>& visit) {
  constexpr std::size_t block_numbers = std::size_t{1} << 20;  // 8 MB of values at a time
  const std::size_t block = std::max<std::size_t>(1, block_numbers / reader.layout().values_per_row());
  std::vector<Status> statuses;
  for (std::uint64_t first = 0; first < reader.rows(); first += statuses.size()) {
    statuses.resize(std::min<std::uint64_t>(block, reader.rows() - first));
    reader.read_statuses(first, statuses);
    auto begin = statuses.begin();
    while (true) {
      begin = std::find_if(begin, statuses.end(), [](Status status) { return status != Status::pending; });
      if (begin == statuses.end()) break;
      const auto end = std::find(begin, statuses.end(), Status::pending);
      visit(reader.read_rows(first + static_cast<std::uint64_t>(begin - statuses.begin()),
                             static_cast<std::size_t>(end - begin)));
      begin = end;
    }
  }
}

}  // namespace flatsweep::record
