#pragma once

#include <array>
#include <cstdint>

#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/settings.hpp"

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

/// Seconds a configuration will take, from counted flops: sampling, solve and the measures asked for.
/// Independent of seed and gamma. Steers the order of the work, what is started before a deadline and what
/// users are told; never a result.
class CostModel {
 public:
  /// As OpenBLAS has it on a core with AVX-512; observe() finds what holds here.
  static constexpr double default_flops_per_second = 5e10;

  /// @param settings of the job: which measures are asked for
  /// @param flops_per_second of one core in dense double-precision products
  explicit CostModel(job::Settings settings, double flops_per_second = default_flops_per_second);

  /// Corrects the predictions for the configuration's kind of program.
  void observe(const job::Configuration& configuration, double measured_seconds);

  /// Predicted, of one worker.
  [[nodiscard]] double seconds(const job::Configuration& configuration) const;
  /// Which other configurations are off by the same factor.
  [[nodiscard]] static ProgramKind kind(const job::Configuration& configuration);

 private:
  [[nodiscard]] double measure_flops(const job::Configuration& configuration) const;
  [[nodiscard]] double counted_seconds(const job::Configuration& configuration) const;

  job::Settings settings_;
  double flops_per_second_;
  Calibration calibration_;
};

}  // namespace flatsweep::schedule
