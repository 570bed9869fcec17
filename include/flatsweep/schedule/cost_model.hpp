#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/grid.hpp"
#include "flatsweep/schedule/ledger.hpp"

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
  [[nodiscard]] double factor(ProgramKind kind) const {
    return (means_[kind].count > 0 ? means_[kind] : overall_).factor;
  }

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
  /// Flops of a configuration, counted as those of dense double-precision products; independent of seed and gamma.
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
  [[nodiscard]] double counted_seconds(const job::Configuration& point) const {
    return flops_(point) / flops_per_second_;
  }

  Flops flops_;
  double flops_per_second_;
  Calibration calibration_;
};

/// Consecutive ids with one predicted cost, that of one seed or of several.
struct Section {
  ConfigurationId first{};  ///< the smallest id
  std::uint64_t count = 0;  ///< number of configurations
  double seconds = 0.0;     ///< predicted for one configuration, > 0
  ProgramKind kind = 0;     ///< the same for all of them
  std::uint32_t wave = 0;   ///< position of its first seed on the axis: seeds come one after the other

  bool operator==(const Section&) const = default;  ///< member by member
};

/// Divide the grid into sections in the order of ids: one seed of one combination of the axes before it. If that makes
/// more than max(65536, size/64) sections, they have several seeds each, then all of them, and at last several
/// neighbours of one kind are joined to a section with their mean cost: the table stays small beside a ledger.
/// Combinations of one seed are joined with the next if that costs the same.
std::vector<Section> partition(const job::Grid& grid, const CostModel& cost);

/// The predicted duration of a sweep.
struct Forecast {
  double work_seconds = 0.0;     ///< one worker, all configurations
  double longest_seconds = 0.0;  ///< the most expensive configuration

  /// Return the seconds from the first configuration to the last: about work / workers, since no worker waits, but at
  /// least the most expensive configuration. Of `ranks` ranks all but rank 0 work; a single rank works alone.
  [[nodiscard]] double seconds(int ranks) const;
};

/// Sum up the predicted costs of all configurations in the sections.
Forecast forecast(const std::vector<Section>& sections);

/// Sum up the predicted costs of the configurations that are open in the ledger.
Forecast forecast(const std::vector<Section>& sections, const Ledger& ledger);

}  // namespace flatsweep::schedule
