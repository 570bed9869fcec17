#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "flatsweep/job/axes.hpp"

namespace flatsweep::schedule {

/// Programs whose cost is off by a common factor: degree of the activation and interpolator, as a number.
using ProgramKind = std::uint8_t;

inline constexpr std::size_t program_kinds = 256;  ///< values of a ProgramKind

/// What configurations took over what was predicted, as a running mean for each kind of program; a kind
/// not seen yet has the mean over all, and 1 is what holds before the first.
class Calibration {
 public:
  /// Counts one more configuration of this kind.
  void observe(ProgramKind kind, double predicted_seconds, double measured_seconds);
  /// By which predictions for this kind are to be multiplied.
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
  /// Return the kind of program, which shares its correction factor with all configurations of that kind.
  [[nodiscard]] static ProgramKind kind(const job::Configuration& configuration);

 private:
  [[nodiscard]] double counted_seconds(const job::Configuration& configuration) const;

  Flops flops_;
  double flops_per_second_;
  Calibration calibration_;
};

}  // namespace flatsweep::schedule
