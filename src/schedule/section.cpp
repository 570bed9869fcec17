#include "flatsweep/schedule/section.hpp"

#include <algorithm>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {
namespace {

/// Return one section at the mean cost of two neighbours.
Section join(const Section& left, const Section& right) {
  const auto share = static_cast<double>(right.count) / static_cast<double>(left.count + right.count);
  return {left.first, left.count + right.count, left.seconds + share * (right.seconds - left.seconds), left.kind};
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
    const Section section{configuration.id, stride, cost.seconds(configuration), CostModel::kind(configuration)};
    const bool joins = i > 0 && section.kind == sections.back().kind &&
                       (section.seconds == sections.back().seconds || i % joined != 0);
    if (joins)
      sections.back() = join(sections.back(), section);
    else
      sections.push_back(section);
  }
  return sections;
}

double Forecast::seconds(int ranks) const {
  expects(ranks > 0);
  return std::max(work_seconds / std::max(1, ranks - 1), longest_seconds);
}

Forecast forecast(const std::vector<Section>& sections) {
  Forecast forecast;
  for (const Section& section : sections) {
    forecast.work_seconds += static_cast<double>(section.count) * section.seconds;
    forecast.longest_seconds = std::max(forecast.longest_seconds, section.seconds);
  }
  return forecast;
}

}  // namespace flatsweep::schedule
