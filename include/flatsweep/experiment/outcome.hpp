#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "flatsweep/core/configuration_id.hpp"
#include "flatsweep/core/matrix.hpp"
#include "flatsweep/core/status.hpp"
#include "flatsweep/job/job.hpp"
#include "flatsweep/solve/solver_path.hpp"

namespace flatsweep::experiment {

class State;

/// Which rows have a measure: all that did not fail, only those with an interpolator, or those of trained networks,
/// whatever became of them.
enum class Needs { problem, interpolator, training };

/// One measure: what the results file and its readers show of it, and its formula.
struct Measure {
  std::string_view name;       ///< of the variable in the results file
  std::string_view long_name;  ///< its attribute `long_name`: a definition, or what it is in words
  std::string_view units;      ///< "1" if dimensionless
  Needs needs;                 ///< rows without it are NaN
  /// One number, or one a ridge of the job.
  std::variant<double (*)(const State&), std::vector<double> (*)(const State&)> at;
  bool job::Settings::*asked_for = nullptr;  ///< the switch of the job that turns it on, if there is one

  /// Return whether it is one number.
  [[nodiscard]] constexpr bool is_single() const { return at.index() == 0; }
  /// Return the axis of the results that it has beside those of the grid: `ridge` or empty.
  [[nodiscard]] std::string_view extra_axis() const { return is_single() ? "" : "ridge"; }
};

/// Return a row a measure, in the order of the results file.
std::span<const Measure> measure_table();

/// Return the position of a measure in the table. @throws ContractViolation for an unknown name
std::size_t measure_index(std::string_view name);

/// The numbers of every measure; NaN if not computed.
class Measures {
 public:
  /// No numbers of measures with the axis `ridge`.
  Measures() : Measures(0) {}

  /// @param ridges numbers of a measure with the axis `ridge`
  explicit Measures(std::size_t ridges);

  /// The one number of a measure. @pre it has no extra axis
  double& operator[](std::string_view name) { return of(measure_index(name)).front(); }
  /// The one number of a measure. @pre it has no extra axis
  double operator[](std::string_view name) const { return of(measure_index(name)).front(); }

  /// All numbers of a measure, by its position in the table.
  [[nodiscard]] std::span<double> of(std::size_t measure);
  /// All numbers of a measure, by its position in the table.
  [[nodiscard]] std::span<const double> of(std::size_t measure) const;

  /// All numbers in the order of the table.
  [[nodiscard]] const std::vector<double>& values() const { return values_; }

 private:
  std::size_t ridges_;
  std::vector<double> values_;
};

/// What a configuration's row holds: plain numbers.
struct Outcome {
  ConfigurationId id{};             ///< which row
  Status status = Status::pending;  ///< of the solution, or `failed`
  Measures measures;                ///< if it failed NaN, those of training apart
  Vector outer_weights;             ///< m if the job stores them, else empty
  int iterations = 0;               ///< of the solver: steps and pivots
  solve::SolverPath solver_path;    ///< the rungs that the solver tried
  double sample_seconds = 0.0;      ///< wall-clock, for X, y, W and S
  double solve_seconds = 0.0;       ///< wall-clock, of the interpolator alone
  double measure_seconds = 0.0;     ///< wall-clock, of all measures
  std::string message;              ///< why it failed, or why training ended short of an interpolator
};

}  // namespace flatsweep::experiment
