#pragma once

#include <string>

#include "flatsweep/job/axes.hpp"

namespace flatsweep::test {

/// Return a configuration of dimension d with n = 4 d, m = 8 d, two index directions and gamma = 0.5.
inline job::Configuration configuration_of(Index d, const std::string& activation = "relu",
                                           const model::Interpolator& interpolator = model::Interpolator(),
                                           const std::string& link = "matched") {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse(link),
           .interpolator = interpolator,
           .indices = 2,
           .sample_ratio = 4.0,
           .d = d,
           .seed = 1,
           .gamma = 0.5},
          {},
          4 * d,
          8 * d};
}

}  // namespace flatsweep::test
