#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "flatsweep/core/identifier.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/experiment/measure_table.hpp"

namespace flatsweep::experiment {

/// A value for every measure; NaN where not computed.
class Measures {
 public:
  Measures() { values_.fill(std::numeric_limits<double>::quiet_NaN()); }

  /// The value of a measure.
  double& operator[](Measure measure) { return values_[static_cast<std::size_t>(measure)]; }
  /// The value of a measure, or NaN.
  double operator[](Measure measure) const { return values_[static_cast<std::size_t>(measure)]; }

  /// All of them, in the order of measure_table.
  [[nodiscard]] const std::array<double, measure_count>& values() const { return values_; }

 private:
  std::array<double, measure_count> values_;
};

/// What a configuration's row holds: plain numbers.
struct Outcome {
  ConfigurationId id{};             ///< which row
  Status status = Status::pending;  ///< of the solution, or `failed`
  Measures measures;                ///< all NaN where it failed
  std::vector<double> soft_rank;    ///< one a ridge of the job; NaN where not computed
  Vector outer_weights;             ///< m where the job stores them, else empty
  int iterations = 0;               ///< of the solver: steps and pivots
  double sample_seconds = 0.0;      ///< wall-clock, for X, y, W and S
  double solve_seconds = 0.0;       ///< wall-clock, of the program alone
  double measure_seconds = 0.0;     ///< wall-clock, of all measures
  std::string message;              ///< why it failed
};

}  // namespace flatsweep::experiment
