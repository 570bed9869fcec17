#include "flatsweep/record/solve_files.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/results_file.hpp"
#include "record/hdf5.hpp"
#include "record/row_block.hpp"
#include "record/template.hpp"

namespace flatsweep::record {
namespace {

/// Write a new file, for h5py and other programs, that has this title and what `write` adds. It is written under a
/// hidden name and renamed, so that it is whole on a file system without locks, too.
void write_titled(const std::filesystem::path& file, Existing existing, const char* title,
                  const std::function<void(hid_t)>& write) {
  require_no_results(file);
  const auto write_all = [&](const std::filesystem::path& temporary) {
    hdf5::File opened = hdf5::create_file(temporary);
    hdf5::write_attribute(opened, "title", title);
    write(opened);
    hdf5::close(std::move(opened));
  };
  try {
    open_or_create(file, existing, 0.0, write_all);
  } catch (const NoLocks&) {
    write_new_file(file, write_all);
  }
}

/// Write a scalar.
template <typename T>
hdf5::Dataset write_number(hid_t file, const char* name, T number) {
  return hdf5::write_dataset<T>(file, name, std::span(&number, 1), {});
}

/// Write a status as uint8, with its meanings as attributes.
void write_status(hid_t file, Status status) {
  describe_status(write_number(file, "status", static_cast<std::uint8_t>(status)));
}

void write_numbers(hid_t file, const char* name, std::span<const double> numbers) {
  hdf5::write_dataset(file, name, numbers, {numbers.size()});
}

void write_vector(hid_t file, const char* name, const VectorView& vector) {
  write_numbers(file, name, std::span(vector.data(), static_cast<std::size_t>(vector.size())));
}

/// Write a matrix, row-major.
void write_matrix(hid_t file, const char* name, const MatrixView& matrix) {
  const hdf5::RowMajorMatrix rows = matrix;
  hdf5::write_dataset<double>(file, name, std::span(rows.data(), static_cast<std::size_t>(rows.size())),
                              {static_cast<hsize_t>(rows.rows()), static_cast<hsize_t>(rows.cols())});
}

/// Write the axis values as attributes; texts have variable length, which h5py returns as `str`.
void write_axis_values(hid_t file, const job::Configuration& configuration) {
  const auto write = [&](const char* name, const auto& axis_value) {
    if constexpr (std::is_convertible_v<decltype(axis_value), std::string>)
      hdf5::write_variable_attribute(file, name, axis_value);
    else
      hdf5::write_attribute(file, name, axis_value);
  };
  job::for_each_axis(
      [&](const auto& axis) { write(std::string(axis.name).c_str(), job::coordinate(configuration.*axis.value)); });
  write("id", static_cast<std::int64_t>(value(configuration.id)));
  write("q", configuration.activation.exponent());
}

void write_arrays(hid_t file, const experiment::Experiment& experiment, const VectorView& hessian_eigenvalues) {
  const experiment::Problem& problem = experiment.problem;
  const experiment::Network& network = experiment.network;
  write_matrix(file, "features", problem.features);
  write_matrix(file, "index_directions", problem.teacher.index_directions);
  write_matrix(file, "inner_weights", network.hidden->inner_weights);
  write_vector(file, "labels", problem.labels);
  write_vector(file, "outer_weights", network.solution.outer_weights);
  write_vector(file, "dual", network.solution.dual);
  write_vector(file, "kappa", network.kappa);
  write_vector(file, "trace_weights", network.hidden->trace_weights);
  write_vector(file, "coefficients", problem.teacher.coefficients);
  write_number(file, "offset", problem.teacher.offset);
  const auto d = static_cast<hsize_t>(problem.features.cols());
  if (problem.teacher.form.size() > 0)
    write_matrix(file, "form", problem.teacher.form);
  else
    hdf5::create_empty_dataset(file, "form", {d, d});
  if (hessian_eigenvalues.size() > 0)
    write_vector(file, "hessian_eigenvalues", hessian_eigenvalues);
  else
    hdf5::create_empty_dataset(file, "hessian_eigenvalues", {static_cast<hsize_t>(problem.labels.size())});
}

/// Write both layers as trained, the inner weights that training started from, and the curve on the way.
void write_training(hid_t file, const train::Trained& training) {
  write_matrix(file, "inner_weights_trained", training.weights.inner);
  write_vector(file, "outer_weights_trained", training.weights.outer);
  write_matrix(file, "inner_weights_start", training.start.inner);
  const auto write_curve = [&](const char* name, auto member) {
    std::vector<double> numbers;
    for (const train::CurvePoint& point : training.curve) numbers.push_back(static_cast<double>(point.*member));
    write_numbers(file, name, numbers);
  };
  write_curve("curve_step", &train::CurvePoint::step);
  write_curve("curve_loss", &train::CurvePoint::loss);
  write_curve("curve_trace", &train::CurvePoint::trace);
  write_curve("curve_alignment", &train::CurvePoint::alignment);
}

/// Write the variables of a row of the results file; rank and attempts are those of a run of one rank.
void write_row(hid_t file, const experiment::Outcome& outcome, const std::vector<double>& ridges) {
  for (const experiment::Measure& measure : experiment::measure_table()) {
    const auto numbers = outcome.measures.of(experiment::measure_index(measure.name));
    const std::string name(measure.name);
    if (measure.extra_axis().empty())
      write_number(file, name.c_str(), numbers.front());
    else
      write_numbers(file, name.c_str(), numbers);
  }
  write_numbers(file, "ridge", ridges);
  const Layout layout({}, ridges, static_cast<std::size_t>(outcome.outer_weights.size()));
  const RowBlock row(layout, std::span(&outcome, 1));
  write_number(file, "iterations", std::int64_t{outcome.iterations});
  write_number(file, "solver_path", std::int64_t{outcome.solver_path.bits()});
  for (const auto& [name, seconds] : time_variables) write_number(file, name, outcome.*seconds);
  write_number(file, "rank", std::int64_t{0});
  write_number(file, "attempts", std::int64_t{1});
  write_number(file, "checksum", std::int64_t{row.checksum(0)});
  write_status(file, outcome.status);
}

}  // namespace

void write_experiment_file(const std::filesystem::path& file, const experiment::Experiment& experiment,
                           const VectorView& hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing) {
  write_titled(
      file, existing, experiment_title,
      [&](hid_t opened) {
        write_axis_values(opened, configuration);
        write_arrays(opened, experiment, hessian_eigenvalues);
        if (experiment.network.training) write_training(opened, *experiment.network.training);
        write_row(opened, experiment.outcome, settings.ridge);
      });
}

void write_program_solution(const std::filesystem::path& file, const solve::Solution& solution, Existing existing) {
  write_titled(
      file, existing, program_solution_title,
      [&](hid_t opened) {
        write_vector(opened, "outer_weights", solution.outer_weights);
        write_vector(opened, "dual", solution.dual);
        write_number(opened, "objective", solution.certificate.objective);
        write_number(opened, "residual", solution.certificate.residual);
        write_number(opened, "row_residual", solution.certificate.row_residual);
        write_number(opened, "gap", solution.certificate.gap);
        write_status(opened, solution.status);
        write_number(opened, "rank", std::int64_t{solution.rank});
        write_number(opened, "iterations", std::int64_t{solution.iterations()});
      });
}

}  // namespace flatsweep::record
