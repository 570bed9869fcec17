#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/interpolator.hpp"
#include "flatsweep/model/target.hpp"

namespace flatsweep::job {

/// What all configurations of a job share: target, program and what is measured.
struct Settings {
  model::Coefficients coefficients = model::Coefficients::equal;
  model::Offset offset;
  model::Objective objective = model::Objective::norm;
  Index test_samples = 0;  // Monte Carlo points; 0: only where there is no exact loss
  bool spectrum = true;    // hessian_max, soft_rank, activation_max, activation_min
  std::vector<double> ridge = {1e-3, 1e-1, 10.0};
  bool best_loss = false;
  bool outer_weights = false;  // stored for every configuration

  bool operator==(const Settings&) const = default;
};

}  // namespace flatsweep::job
