#pragma once

#include <array>
#include <cstdint>

#include "flatsweep/job/configuration.hpp"
#include "flatsweep/job/settings.hpp"

namespace flatsweep::schedule {

/// Programs whose cost is off by a common factor: degree of the activation and interpolator, as a number.
using ProgramKind = std::uint8_t;

inline constexpr std::size_t program_kinds = 256;

/// Seconds a configuration will take, from counted flops: sampling, solve and the measures asked for.
/// Independent of seed and gamma. Steers the order of the work only, never a result.
class CostModel {
 public:
  static constexpr double default_flops_per_second = 5e9;

  explicit CostModel(job::Settings settings, double flops_per_second = default_flops_per_second);

  [[nodiscard]] double seconds(const job::Configuration& configuration) const;
  [[nodiscard]] static ProgramKind kind(const job::Configuration& configuration);

 private:
  [[nodiscard]] double measure_flops(const job::Configuration& configuration) const;

  job::Settings settings_;
  double flops_per_second_;
};

/// What configurations took over what was predicted, as a running mean for each kind of program; a kind
/// not seen yet has the mean over all, and 1 is what holds before the first.
class Calibration {
 public:
  void observe(ProgramKind kind, double predicted_seconds, double measured_seconds);
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

}  // namespace flatsweep::schedule
