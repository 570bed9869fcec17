#include "flatsweep/schedule/cost_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "flatsweep/core/error.hpp"

namespace flatsweep::schedule {
namespace {

/// Return one section at the mean cost of two neighbours.
Section join(const Section& left, const Section& right) {
  const auto share = static_cast<double>(right.count) / static_cast<double>(left.count + right.count);
  return {left.first, left.count + right.count, left.seconds + share * (right.seconds - left.seconds), left.kind};
}

/// Return numerator / denominator, rounded up.
std::uint64_t divide_up(std::uint64_t numerator, std::uint64_t denominator) {
  return (numerator + denominator - 1) / denominator;
}

/// Add the sections of `step` seeds each that a combination consists of.
void cut(const Section& whole, const job::Grid& grid, std::uint64_t step, std::vector<Section>& sections) {
  const std::uint64_t seeds = grid.values().seed.size();
  for (std::uint64_t seed = 0; seed < seeds; seed += step) {
    Section& part = sections.emplace_back(whole);
    part.first = ConfigurationId{value(whole.first) + seed * grid.seed_size()};
    part.count = std::min(step, seeds - seed) * grid.seed_size();
    part.wave = static_cast<std::uint32_t>(seed);
  }
}

/// Add some configurations of a section to a forecast.
void add(std::uint64_t count, const Section& section, Forecast& forecast) {
  if (count == 0) return;
  forecast.work_seconds += static_cast<double>(count) * section.seconds;
  forecast.longest_seconds = std::max(forecast.longest_seconds, section.seconds);
}

}  // namespace

CostModel::CostModel(Flops flops, double flops_per_second)
    : flops_(std::move(flops)), flops_per_second_(flops_per_second) {
  expects(flops_per_second > 0.0);
}

void CostModel::observe(const job::Configuration& configuration, double measured_seconds) {
  calibration_.observe(kind(configuration), counted_seconds(configuration), measured_seconds);
}

double CostModel::seconds(const job::Configuration& configuration) const {
  return counted_seconds(configuration) * calibration_.factor(kind(configuration));
}

ProgramKind CostModel::kind(const job::Configuration& configuration) {
  constexpr int interpolators = 16;  // more than there are
  const auto interpolator = static_cast<int>(configuration.interpolator.kind());
  expects(interpolator < interpolators);
  return static_cast<ProgramKind>(configuration.activation.degree() * interpolators + interpolator);
}

void Calibration::observe(ProgramKind kind, double predicted_seconds, double measured_seconds) {
  expects(predicted_seconds > 0.0 && measured_seconds >= 0.0);
  constexpr double smallest_ratio = 1e-6;  // keeps the factor positive if no time was measured
  const double ratio = std::max(smallest_ratio, measured_seconds / predicted_seconds);
  means_[kind].add(ratio);
  overall_.add(ratio);
}

void Calibration::Mean::add(double ratio) {
  constexpr double memory = 200.0;  // configurations
  factor += (ratio - factor) / std::min(memory, static_cast<double>(++count));
}

std::vector<Section> partition(const job::Grid& grid, const CostModel& cost) {
  const std::uint64_t stride = grid.combination_size();
  const std::uint64_t combinations = grid.size() / stride;
  const std::uint64_t seeds = grid.values().seed.size();
  const std::uint64_t most_sections = std::max<std::uint64_t>(65536, grid.size() / 64);
  const std::uint64_t joined = divide_up(combinations, most_sections);
  const std::uint64_t step = divide_up(seeds, std::max<std::uint64_t>(1, most_sections / combinations));

  std::vector<Section> sections;
  for (std::uint64_t i = 0; i < combinations; ++i) {
    const job::Configuration configuration = grid[ConfigurationId{i * stride}];
    const Section whole{configuration.id, stride, cost.seconds(configuration), CostModel::kind(configuration)};
    const bool joins = step == seeds && i > 0 && whole.kind == sections.back().kind &&
                       (whole.seconds == sections.back().seconds || i % joined != 0);
    if (joins)
      sections.back() = join(sections.back(), whole);
    else
      cut(whole, grid, step, sections);
  }
  return sections;
}

double Forecast::seconds(int ranks) const {
  expects(ranks > 0);
  return std::max(work_seconds / std::max(1, ranks - 1), longest_seconds);
}

Forecast forecast(const std::vector<Section>& sections) {
  Forecast forecast;
  for (const Section& section : sections) add(section.count, section, forecast);
  return forecast;
}

Forecast forecast(const std::vector<Section>& sections, const Ledger& ledger) {
  Forecast forecast;
  for (const Section& section : sections)
    add(ledger.count_open(section.first, ConfigurationId{value(section.first) + section.count}), section, forecast);
  return forecast;
}

}  // namespace flatsweep::schedule
