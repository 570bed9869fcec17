#include "flatsweep/schedule/section.hpp"

#include <algorithm>

namespace flatsweep::schedule {
namespace {

Section join(const Section& left, const Section& right) {
  const auto share = static_cast<double>(right.count) / static_cast<double>(left.count + right.count);
  return {left.first, left.count + right.count, left.seconds + share * (right.seconds - left.seconds),
          left.kind};
}

}  // namespace

std::vector<Section> partition(const job::Grid& grid, const CostModel& cost) {
  const std::uint64_t stride = grid.combination_size();
  const std::uint64_t combinations = grid.size() / stride;
  const std::uint64_t most_sections = std::max<std::uint64_t>(65536, grid.size() / 64);
  const std::uint64_t joined = (combinations + most_sections - 1) / most_sections;

  std::vector<Section> sections;
  for (std::uint64_t i = 0; i < combinations; ++i) {
    const job::Configuration configuration = grid[ConfigurationId{i * stride}];
    const Section section{configuration.id, stride, cost.seconds(configuration),
                          CostModel::kind(configuration)};
    const bool joins = i > 0 && section.kind == sections.back().kind &&
                       (section.seconds == sections.back().seconds || i % joined != 0);
    if (joins)
      sections.back() = join(sections.back(), section);
    else
      sections.push_back(section);
  }
  return sections;
}

}  // namespace flatsweep::schedule
