#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "flatsweep/job/axes.hpp"

namespace flatsweep::schedule {

/// A number for the degree of the activation and the interpolator: predictions for programs of one kind are
/// wrong by about the same factor.
using ProgramKind = std::uint8_t;

inline constexpr std::size_t program_kinds = 256;  ///< number of values of a ProgramKind

/// The ratio of measured to predicted seconds, as a running mean for each kind of program. A kind that was
/// not observed yet has the mean over all kinds; before the first observation the ratio is 1.
class Calibration {
 public:
  /// Add one configuration of this kind. @pre predicted_seconds > 0 and measured_seconds >= 0
  void observe(ProgramKind kind, double predicted_seconds, double measured_seconds);
  /// Return the factor that corrects predictions for this kind.
  [[nodiscard]] double factor(ProgramKind kind) const;

 private:
  struct Mean {
    double factor = 1.0;
    std::uint64_t count = 0;

    void add(double ratio);
  };
  std::array<Mean, program_kinds> means_{};
  Mean overall_;
};

/// Seconds that a configuration will take, from its counted flops. Steers the order of the work, what is
/// started before a deadline and what users see; never a result.
class CostModel {
 public:
  /// Flops of a configuration, counted as those of dense double-precision products; independent of seed and
  /// gamma.
  using Flops = std::function<double(const job::Configuration&)>;

  /// What OpenBLAS reaches on a core with AVX-512; observe() finds the rate of this machine.
  static constexpr double default_flops_per_second = 5e10;

  /// @param flops_per_second of one core in dense double-precision products
  explicit CostModel(Flops flops, double flops_per_second = default_flops_per_second);

  /// Correct the predictions for the configuration's kind of program.
  void observe(const job::Configuration& configuration, double measured_seconds);

  /// Predict the seconds that a worker will take.
  [[nodiscard]] double seconds(const job::Configuration& configuration) const;
  /// Return the kind of the configuration's program; predictions are corrected for each kind.
  [[nodiscard]] static ProgramKind kind(const job::Configuration& configuration);

 private:
  [[nodiscard]] double counted_seconds(const job::Configuration& configuration) const;

  Flops flops_;
  double flops_per_second_;
  Calibration calibration_;
};

}  // namespace flatsweep::schedule
