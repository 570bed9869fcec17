#include "flatsweep/schedule/forecast.hpp"

#include <algorithm>

#include "flatsweep/core/contract.hpp"

namespace flatsweep::schedule {

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
