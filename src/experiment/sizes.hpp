#pragma once

#include "flatsweep/job/axes.hpp"

namespace flatsweep::experiment {

/// Sizes of a configuration, as costs are counted by them.
struct Sizes {
  double n, m, d, r;
};

/// Return samples, width, d and indices.
inline Sizes sizes(const job::Configuration& configuration) {
  return {static_cast<double>(configuration.samples), static_cast<double>(configuration.width),
          static_cast<double>(configuration.d), static_cast<double>(configuration.indices)};
}

}  // namespace flatsweep::experiment
