#pragma once

#include <cstdint>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/activation.hpp"
#include "flatsweep/model/interpolator.hpp"
#include "flatsweep/model/link.hpp"

namespace flatsweep::job {

/// One grid point: a value of every axis, and the sizes that follow from them.
struct Configuration {
  ConfigurationId id;                  ///< in the grid; record::off_the_grid where it has no place there
  model::Activation activation;        ///< sigma, of the network
  model::Link link;                    ///< g, of the target
  model::Interpolator interpolator{};  ///< which solution of S a = y
  Index indices = 0;                   ///< r
  double noise = 0.0;                  ///< zeta, standard deviation of the label noise
  double sample_ratio = 0.0;           ///< n / d
  double width_ratio = 0.0;            ///< m / n
  Index d = 0;                         ///< input dimension
  std::uint64_t seed = 0;              ///< of all random numbers
  double gamma = 0.0;                  ///< correlation of the inner weights with the index subspace

  Index samples = 0;  ///< n = round(sample_ratio * d)
  Index width = 0;    ///< m = round(width_ratio * n)
};

}  // namespace flatsweep::job
