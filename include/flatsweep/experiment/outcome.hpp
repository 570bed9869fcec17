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

  double& operator[](Measure measure) { return values_[static_cast<std::size_t>(measure)]; }
  double operator[](Measure measure) const { return values_[static_cast<std::size_t>(measure)]; }

  [[nodiscard]] const std::array<double, measure_count>& values() const { return values_; }

 private:
  std::array<double, measure_count> values_;
};

/// What a configuration's row holds: plain numbers.
struct Outcome {
  ConfigurationId id{};
  Status status = Status::pending;
  Measures measures;
  std::vector<double> soft_rank;  // one a ridge of the job; NaN where not computed
  Vector outer_weights;           // m where the job stores them, else empty
  int iterations = 0;
  double sample_seconds = 0.0;
  double solve_seconds = 0.0;
  double measure_seconds = 0.0;
  std::string message;  // why it failed
};

}  // namespace flatsweep::experiment
