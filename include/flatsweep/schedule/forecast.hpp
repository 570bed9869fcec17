#pragma once

#include <vector>

#include "flatsweep/schedule/section.hpp"

namespace flatsweep::schedule {

/// What a sweep will take, by the cost model behind its sections.
struct Forecast {
  double work_seconds = 0.0;     ///< of one worker for everything
  double longest_seconds = 0.0;  ///< of one configuration

  /// From the first configuration to the last: nearly work / workers, as nobody waits, and no less than the
  /// longest configuration. Of `ranks` ranks all but rank 0 work; one rank works alone.
  [[nodiscard]] double seconds(int ranks) const;
};

/// Of all configurations in the sections.
Forecast forecast(const std::vector<Section>& sections);

}  // namespace flatsweep::schedule
