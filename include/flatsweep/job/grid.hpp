#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "flatsweep/job/axis.hpp"
#include "flatsweep/job/axis_error.hpp"
#include "flatsweep/job/configuration.hpp"

namespace flatsweep::job {

/// The values of every axis, in the order given. An axis without a default must be given.
struct AxisValues {
  std::vector<model::Activation> activation;  ///< sigma
  std::vector<model::Link> link;              ///< g
  /// Which solution of S a = y.
  std::vector<model::Interpolator> interpolator = {model::Interpolator::flattest};
  std::vector<Index> indices = {1};           ///< r, >= 1
  std::vector<double> noise = {0.0};          ///< zeta, >= 0
  std::vector<double> sample_ratio = {10.0};  ///< n/d, > 0
  std::vector<double> width_ratio = {2.0};    ///< m/n, > 0
  std::vector<Index> d;                       ///< >= 2
  std::vector<std::uint64_t> seed;            ///< below 2^63
  std::vector<double> gamma;                  ///< in [0, 1]
};

/// The full product of the axes, never materialised. Slowest to fastest axis: activation, link,
/// interpolator, indices, noise, sample_ratio, width_ratio, d, seed, gamma.
class Grid {
 public:
  static constexpr std::size_t axis_count = 10;  ///< of every grid

  /// Largest d, n and m: features, activations and weights then stay below 2^50 bytes each, so that
  /// sizes in bytes fit 64 bits everywhere.
  static constexpr Index largest_extent = 10'000'000;

  /// @throws AxisError for an empty axis, duplicate values (by canonical name), values out of range,
  ///         `mirrored` with `linear`, r >= d, `quadratic_form` with r > floor(d/2), n or m rounding
  ///         to 0 or above `largest_extent`, more than 2^63 configurations
  explicit Grid(AxisValues values);

  /// Configurations: the product of the axis sizes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// As given.
  [[nodiscard]] const AxisValues& values() const { return values_; }

  /// Number of values of every axis, slowest first: the shape of the row-major ids.
  [[nodiscard]] const std::array<std::uint64_t, axis_count>& axis_sizes() const { return axis_sizes_; }

  /// Configurations that differ in seed and gamma only: the fastest axes, so that those of a combination of
  /// the others have consecutive ids.
  [[nodiscard]] std::uint64_t combination_size() const { return values_.seed.size() * values_.gamma.size(); }

  /// @pre value(id) < size()
  [[nodiscard]] Configuration operator[](ConfigurationId id) const;

  /// The axes, slowest first, with the names of the job file.
  [[nodiscard]] std::vector<Axis> axes() const;

  /// Largest m over the grid.
  [[nodiscard]] Index largest_width() const;

 private:
  AxisValues values_;
  std::array<std::uint64_t, axis_count> axis_sizes_{};
  std::uint64_t size_ = 1;
};

/// The axes of a grid of this configuration alone: a value each, slowest first.
std::vector<Axis> axes_of(const Configuration& configuration);

}  // namespace flatsweep::job
