#include "flatsweep/record/layout.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "flatsweep/core/error.hpp"
#include "flatsweep/experiment/outcome.hpp"
#include "record/activity.hpp"
#include "record/run_log.hpp"

namespace flatsweep::record {
namespace {

constexpr double metadata_bytes = 1 << 20;

const std::vector<Variable>& variables_of_time_and_place() {
  static const std::vector<Variable> variables = {
      {"sample_seconds", "time to sample the problem", "s", ElementType::float64, not_a_number},
      {"solve_seconds", "time to solve the program", "s", ElementType::float64, not_a_number},
      {"measure_seconds", "time to measure the interpolator", "s", ElementType::float64, not_a_number},
      {"rank", "MPI rank that wrote the row, -1 if none did", "1", ElementType::int32, -1},
      {"attempts", "times it was run to an end: a row, or the death of its process by its own fault", "1",
       ElementType::uint8, 0},
  };
  return variables;
}

/// Size of a number, in the order of ElementType.
constexpr auto element_bytes = std::to_array<std::size_t>({8, 4, 4, 8, 1});

Error lacks(const std::string& name) {
  return Error("it lacks `" + name + "`", "every results file of its job has it",
               "It was damaged, or another program left this out: name another file.");
}

}  // namespace

Layout::Layout(const job::Job& job)
    : Layout(job.grid.axes(), job.settings.ridge,
             job.settings.outer_weights ? static_cast<std::size_t>(job.grid.largest_width()) : 0) {}

Layout::Layout(std::vector<job::Axis> axes, const std::vector<double>& ridges, std::size_t neurons)
    : axes_(std::move(axes)),
      stored_axes_(axes_),
      extra_axes_{{"ridge", "ridge of the soft rank, relative to the mean Hessian eigenvalue", "1", ridges}} {
  expects(!ridges.empty());
  for (const job::Axis& axis : axes_) rows_ *= axis.size();
  for (const experiment::Measure& measure : experiment::measure_table()) {
    const std::string extra_axis(measure.extra_axis());
    variables_.push_back({std::string(measure.name), std::string(measure.long_name), std::string(measure.units),
                          ElementType::float64, not_a_number, extra_axis, extra_axis.empty() ? 1 : ridges.size(),
                          variables_.size()});
  }
  if (neurons > 0) {
    std::vector<std::int64_t> index(neurons);
    std::iota(index.begin(), index.end(), 0);
    extra_axes_.push_back({"neuron", "hidden neuron", "1", std::move(index)});
    variables_.push_back({"outer_weights", "outer weights of the interpolator, NaN beyond its width", "1",
                          ElementType::float64, not_a_number, "neuron", neurons});
  }
  end_values();

  variables_.push_back(
      {"iterations", "interior-point or Newton steps plus simplex pivots", "1", ElementType::int32, 0});
  variables_.push_back({"solver_path", "ways around an ill-conditioned S that the solver tried, a sum of flag_masks",
                        "1", ElementType::uint8, 0});
  variables_.insert(variables_.end(), variables_of_time_and_place().begin(), variables_of_time_and_place().end());
  variables_.push_back({"checksum", "CRC-32 of the row's deterministic values", "1", ElementType::uint32, 0});
  variables_.push_back({"status", "what became of the configuration", "1", ElementType::uint8, 0});
}

Layout::Layout(const job::Job& job, const std::vector<std::string>& axes, std::span<const Variable> stored)
    : Layout(job) {
  std::erase_if(stored_axes_, [&](const job::Axis& axis) {
    const bool is_missing = std::ranges::find(axes, axis.name) == axes.end();
    if (is_missing && axis.size() > 1) throw lacks(axis.name);
    return is_missing;
  });
  const std::vector<Variable> known = std::exchange(variables_, {});
  const auto known_values_end = known.begin() + static_cast<std::ptrdiff_t>(value_variables_);
  for (const Variable& variable : stored) {
    const auto found = std::ranges::find(known, variable.name, &Variable::name);
    if (found < known_values_end)
      variables_.push_back(*found);
    else if (found == known.end() && variable.type == ElementType::float64)
      variables_.push_back(variable);
  }
  end_values();
  for (auto variable = known.begin(); variable != known.end(); ++variable) {
    const bool is_stored = std::ranges::find(stored, variable->name, &Variable::name) != stored.end();
    if (!is_stored) missing_.push_back(variable->name);
    if (variable < known_values_end) continue;
    if (is_stored)
      variables_.push_back(*variable);
    else if (variable->name != "solver_path")
      throw lacks(variable->name);
  }
}

void Layout::end_values() {
  value_variables_ = variables_.size();
  values_per_row_ = 0;
  for (Variable& variable : variables_)
    variable.offset = std::exchange(values_per_row_, values_per_row_ + variable.per_row);
}

std::vector<std::uint64_t> Layout::shape() const {
  std::vector<std::uint64_t> lengths(stored_axes_.size());
  std::ranges::transform(stored_axes_, lengths.begin(), &job::Axis::size);
  return lengths;
}

bool Layout::has(std::string_view variable) const {
  return std::ranges::find(variables_, variable, &Variable::name) != variables_.end();
}

double Layout::file_bytes() const {
  double per_row = 0;
  for (const Variable& variable : variables_)
    per_row += static_cast<double>(variable.per_row * element_bytes.at(static_cast<std::size_t>(variable.type)));
  double coordinates = 0;
  for (const job::Axis& axis : axes_) coordinates += 32.0 * static_cast<double>(axis.size());
  return per_row * static_cast<double>(rows_) + coordinates + run_log_bytes() + activity_bytes() + metadata_bytes;
}

std::vector<std::string> volatile_variables() {
  std::vector<std::string> paths;
  for (const Variable& variable : variables_of_time_and_place()) paths.push_back("/" + variable.name);
  return paths;
}

}  // namespace flatsweep::record
