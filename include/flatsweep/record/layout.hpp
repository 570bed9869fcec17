#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flatsweep/core/matrix.hpp"
#include "flatsweep/job/axes.hpp"
#include "flatsweep/job/job.hpp"

namespace flatsweep::record {

/// Type of a variable's numbers in the file, little-endian.
enum class ElementType {
  float64,  ///< IEEE double precision
  int32,    ///< signed
  uint32,   ///< without sign
  uint8     ///< a byte without sign
};

/// Of one number.
std::size_t size_in_bytes(ElementType type);

/// A variable of the results file: over the axes of the grid, and over one more where `extra_axis` says so.
struct Variable {
  std::string name;        ///< of the dataset
  std::string long_name;   ///< its attribute: what it is in words
  std::string units;       ///< its attribute; "1" where dimensionless
  ElementType type;        ///< of its numbers
  double fill;             ///< what a pending row holds
  std::string extra_axis;  ///< `ridge`, `neuron` or empty
  std::size_t per_row;     ///< elements a configuration
};

/// Which variables a results file has, with their shapes: one table for who writes and who reads.
class Layout {
 public:
  /// Files of another version are refused.
  static constexpr int version = 1;

  /// Of a new file for this job.
  explicit Layout(const job::Job& job);

  /// @param ridges values of the axis `ridge`
  /// @param neurons length of the axis `neuron`; 0 where outer weights are not stored
  Layout(std::vector<job::Axis> axes, const std::vector<double>& ridges, std::size_t neurons);

  /// The axes of the grid, slowest first.
  [[nodiscard]] const std::vector<job::Axis>& axes() const { return axes_; }

  /// `ridge`, and `neuron` where outer weights are stored.
  [[nodiscard]] const std::vector<job::Axis>& extra_axes() const { return extra_axes_; }

  /// Lengths of the grid's axes.
  [[nodiscard]] std::vector<std::uint64_t> shape() const;

  /// Configurations of the grid.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  /// In the order of the file: first those of values(), last `checksum` and `status`.
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }

  /// The deterministic float64 variables: the measures, soft_rank, outer_weights.
  [[nodiscard]] std::span<const Variable> values() const { return {variables_.data(), value_variables_}; }

  /// Numbers of values() in one row.
  [[nodiscard]] std::size_t values_per_row() const { return values_per_row_; }

  /// Length of the axis `ridge`.
  [[nodiscard]] std::size_t ridges() const { return extra_axes_[0].size(); }
  /// Length of the axis `neuron`: the largest m; 0 where outer weights are not stored.
  [[nodiscard]] std::size_t neurons() const { return extra_axes_.size() > 1 ? extra_axes_[1].size() : 0; }

  /// Size of the results file on disk; a double, since a grid may ask for more than 2^64 bytes.
  [[nodiscard]] double file_bytes() const;

 private:
  std::vector<job::Axis> axes_;
  std::vector<job::Axis> extra_axes_;
  std::vector<Variable> variables_;
  std::size_t value_variables_ = 0;
  std::size_t values_per_row_ = 0;
  std::uint64_t rows_ = 1;
};

/// Paths of the variables of time and place, which differ between runs of one job.
std::vector<std::string> volatile_columns();

}  // namespace flatsweep::record
