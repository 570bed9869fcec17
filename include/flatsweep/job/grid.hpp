#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/error.hpp"
#include "flatsweep/job/axes.hpp"

namespace flatsweep::job {

/// A grid that is refused. The grid knows its axes but no job file: whoever read them adds the place.
class AxisError : public Error {
 public:
  /// @param axes names, the likeliest one to change first
  /// @param problem, why, remedy as of Error
  AxisError(std::vector<std::string> axes, std::string_view problem, std::string_view why, std::string_view remedy)
      : Error(problem, why, remedy), axes_(std::move(axes)) {}

  /// Names of the axes that cause it together, the likeliest one to change first.
  [[nodiscard]] const std::vector<std::string>& axes() const { return axes_; }

 private:
  std::vector<std::string> axes_;
};

/// A number an axis, slowest axis first.
using AxisCounts = std::array<std::uint64_t, axis_count>;

/// Return the position on every axis of a row-major id.
/// @pre value(id) < the product of the sizes
AxisCounts axis_positions(ConfigurationId id, const AxisCounts& sizes);

/// The full product of the axes, never materialised. Configurations are numbered row-major, the first of
/// axis_rows being the slowest axis.
class Grid {
 public:
  /// @throws AxisError for an empty axis, duplicate values (by canonical name), values out of range,
  ///         `mirrored` with `linear`, a penalty with an interpolator without one, r >= d, `quadratic_form` with r >
  ///         floor(d/2), n or m rounding to 0 or above `largest_extent`, more than 2^63 configurations
  explicit Grid(AxisValues values);

  /// Number of configurations: the product of the axis sizes.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The values of every axis, in the order given.
  [[nodiscard]] const AxisValues& values() const { return values_; }

  /// Number of values of every axis, slowest first: the shape of the row-major ids.
  [[nodiscard]] const AxisCounts& axis_sizes() const { return axis_sizes_; }

  /// Number of configurations that differ in gamma, and in axes after it, only: as many as a seed has consecutive ids.
  [[nodiscard]] std::uint64_t seed_size() const { return values_.gamma.size() * after_gamma(); }

  /// Number of configurations that differ in seed, gamma and axes after it only. These are the fastest axes, so that
  /// the configurations of a combination of the others have consecutive ids.
  [[nodiscard]] std::uint64_t combination_size() const { return values_.seed.size() * seed_size(); }

  /// Number of configurations that differ in the axes after gamma only.
  [[nodiscard]] std::uint64_t after_gamma() const { return after_gamma_; }

  /// Return a grid point.
  /// @pre value(id) < size()
  [[nodiscard]] Configuration operator[](ConfigurationId id) const;

  /// The axes, slowest first, as the results file shows them.
  [[nodiscard]] std::vector<Axis> axes() const { return axes_of(values_); }

  /// Largest m over the grid.
  [[nodiscard]] Index largest_width() const;

 private:
  AxisValues values_;
  AxisCounts axis_sizes_{};
  std::uint64_t size_ = 1;
  std::uint64_t after_gamma_ = 1;
};

/// Maps ids of one grid to ids of another, for the configurations that both grids have.
class GridMap {
 public:
  /// Compares values, not positions: the order on an axis may differ.
  GridMap(const Grid& from, const Grid& to);

  /// Return the id in the other grid, if the configuration is there.
  /// @pre value(id) < the size of `from`
  [[nodiscard]] std::optional<ConfigurationId> operator()(ConfigurationId id) const;

  /// Return the number of configurations that both grids have.
  [[nodiscard]] std::uint64_t shared() const;

 private:
  std::array<std::vector<std::optional<std::uint64_t>>, axis_count> positions_;  ///< in `to`, by axis
  AxisCounts from_sizes_;
  AxisCounts to_sizes_;
};

}  // namespace flatsweep::job
