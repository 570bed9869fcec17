#pragma once

#include <cstdint>
#include <vector>

#include "flatsweep/job/axis.hpp"
#include "flatsweep/job/configuration.hpp"

namespace flatsweep::job {

/// The values of every axis, in the order given.
struct AxisValues {
  std::vector<model::Activation> activation;
  std::vector<model::Link> link;
  std::vector<model::Interpolator> interpolator;
  std::vector<Index> indices;
  std::vector<double> noise;
  std::vector<double> sample_ratio;
  std::vector<double> width_ratio;
  std::vector<Index> d;
  std::vector<std::uint64_t> seed;
  std::vector<double> gamma;
};

/// The full product of the axes, never materialised. Slowest to fastest axis: activation, link,
/// interpolator, indices, noise, sample_ratio, width_ratio, d, seed, gamma.
class Grid {
 public:
  static constexpr std::size_t axis_count = 10;

  /// @throws Error for an empty axis, duplicate values, values out of range, refused combinations, r >= d,
  ///         n or m rounding to 0, more than 2^63 configurations
  explicit Grid(AxisValues values);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const AxisValues& values() const { return values_; }

  /// @pre value(id) < size()
  [[nodiscard]] Configuration operator[](ConfigurationId id) const;

  /// The axes, slowest first, with the names of the job file.
  [[nodiscard]] std::vector<Axis> axes() const;

  /// Largest m over the grid.
  [[nodiscard]] Index largest_width() const;

 private:
  AxisValues values_;
  std::uint64_t size_;
};

}  // namespace flatsweep::job
