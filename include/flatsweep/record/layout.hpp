#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
  uint64,   ///< without sign
  uint8     ///< a byte, without sign
};

/// A variable of the results file: over the axes of the grid, and over one more if `extra_axis` names it.
struct Variable {
  std::string name;                      ///< of the dataset
  std::string long_name;                 ///< its attribute: what it is in words
  std::string units;                     ///< its attribute; "1" if dimensionless
  ElementType type;                      ///< of its numbers
  double fill;                           ///< what a pending row holds
  std::string extra_axis{};              ///< `ridge`, `neuron`, `unknown` or empty
  std::size_t per_row = 1;               ///< elements per configuration
  std::optional<std::size_t> measure{};  ///< its position in the table of measures, if it is one
  std::size_t offset = 0;                ///< of its first number among those of Layout::values() in a row
};

/// Which axes and variables a results file has: one table for those who write it and those who read it.
class Layout {
 public:
  /// Describe a new file for this job.
  explicit Layout(const job::Job& job);

  /// Describe an existing file of this job. It may lack axes, which then have their default, and variables. Those that
  /// this program does not know are part of its rows and their checksums, as numbers without a meaning.
  /// @param axes names of the grid's axes that it has
  /// @param stored its variables, in its order; of those that this program knows only the name matters
  /// @throws Error if it lacks an axis of several values, or a variable that every file has
  Layout(const job::Job& job, const std::vector<std::string>& axes, std::span<const Variable> stored);

  /// @param ridges values of the axis `ridge`
  /// @param neurons length of the axis `neuron`; 0 if outer weights are not stored
  Layout(std::vector<job::Axis> axes, const std::vector<double>& ridges, std::size_t neurons);

  /// The axes of the grid, slowest first; those that the file lacks have one value.
  [[nodiscard]] const std::vector<job::Axis>& axes() const { return axes_; }

  /// The axes that the file has.
  [[nodiscard]] const std::vector<job::Axis>& stored_axes() const { return stored_axes_; }

  /// `ridge`, and `neuron` if outer weights are stored.
  [[nodiscard]] const std::vector<job::Axis>& extra_axes() const { return extra_axes_; }

  /// Lengths of the axes that the file has.
  [[nodiscard]] std::vector<std::uint64_t> shape() const;

  /// Configurations of the grid.
  [[nodiscard]] std::uint64_t rows() const { return rows_; }

  /// All variables: first those of values(), in the order of the file, last `checksum` and `status`.
  [[nodiscard]] const std::vector<Variable>& variables() const { return variables_; }

  /// The deterministic float64 variables: the measures and outer_weights.
  [[nodiscard]] std::span<const Variable> values() const { return {variables_.data(), value_variables_}; }

  /// Whether the file has a variable.
  [[nodiscard]] bool has(std::string_view variable) const;

  /// Names of variables that a new file of the job has, and this one lacks.
  [[nodiscard]] const std::vector<std::string>& missing() const { return missing_; }

  /// Numbers of values() in one row.
  [[nodiscard]] std::size_t values_per_row() const { return values_per_row_; }

  /// Length of the axis `ridge`.
  [[nodiscard]] std::size_t ridges() const { return extra_axes_[0].size(); }

  /// Size of the results file on disk; a double, since a grid may ask for more than 2^64 bytes.
  [[nodiscard]] double file_bytes() const;

 private:
  /// Take the variables so far as those of values().
  void end_values();

  std::vector<job::Axis> axes_;
  std::vector<job::Axis> stored_axes_;
  std::vector<job::Axis> extra_axes_;
  std::vector<std::string> missing_;
  std::vector<Variable> variables_;
  std::size_t value_variables_ = 0;
  std::size_t values_per_row_ = 0;
  std::uint64_t rows_ = 1;
};

/// Return the paths of the variables of time and place, which differ between runs of one job.
std::vector<std::string> volatile_variables();

}  // namespace flatsweep::record
