#pragma once

#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/model/interpolator.hpp"
#include "flatsweep/model/link.hpp"
#include "flatsweep/model/target.hpp"

namespace flatsweep::job {

/// What all configurations of a job share: target, program and what is measured.
struct Settings {
  model::Coefficients coefficients = model::Coefficients::equal;  ///< c of the target
  model::Offset offset;                                           ///< b of the target
  model::Objective objective = model::Objective::norm;            ///< kappa of the program
  Index test_samples = 0;                                         ///< Monte Carlo points asked for; see test_points
  bool spectrum = true;                            ///< hessian_max, soft_rank, activation_max, activation_min
  std::vector<double> ridge = {1e-3, 1e-1, 10.0};  ///< of soft_rank, over the mean eigenvalue of the Hessian
  bool best_loss = false;                          ///< measured
  bool outer_weights = false;                      ///< stored for every configuration

  /// Return the Monte Carlo points of a configuration with this link: `test_samples`, but 10000 if 0 are
  /// asked for and the link has no exact loss.
  [[nodiscard]] Index test_points(const model::Link& link) const {
    const bool exact = link.kind() != model::Link::Kind::quadratic_form;
    return test_samples > 0 || exact ? test_samples : 10'000;
  }

  bool operator==(const Settings&) const = default;  ///< member by member
};

}  // namespace flatsweep::job
