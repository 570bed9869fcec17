#include "flatsweep/record/experiment_file.hpp"

#include <variant>

#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/checksum.hpp"
#include "flatsweep/record/file_kind.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/new_file.hpp"
#include "record/array_file.hpp"
#include "record/row_block.hpp"

namespace flatsweep::record {
namespace {

using experiment::Experiment;
using experiment::Outcome;

void write_axis_values(ArrayFile& file, const job::Configuration& configuration,
                       const job::Settings& settings) {
  for (const job::Axis& axis : job::axes_of(configuration))
    std::visit([&](const auto& values) { file.write_attribute(axis.name.c_str(), values.front()); },
               axis.values);
  file.write_attribute("id", static_cast<std::int64_t>(value(configuration.id)));
  file.write_attribute("objective", model::to_string(settings.objective));
  file.write_attribute("q", configuration.activation.exponent());
}

void write_arrays(ArrayFile& file, const Experiment& experiment, VectorView hessian_eigenvalues) {
  const auto d = static_cast<hsize_t>(experiment.features.cols());
  file.write_matrix("features", experiment.features);
  file.write_matrix("index_directions", experiment.teacher.index_directions);
  file.write_matrix("inner_weights", experiment.inner_weights);
  file.write_vector("labels", experiment.labels);
  file.write_vector("outer_weights", experiment.solution.outer_weights);
  file.write_vector("dual", experiment.solution.dual);
  file.write_vector("kappa", experiment.kappa);
  file.write_vector("trace_weights", experiment.trace_weights);
  file.write_vector("coefficients", experiment.teacher.coefficients);
  file.write("offset", experiment.teacher.offset);
  if (experiment.teacher.form.size() > 0)
    file.write_matrix("form", experiment.teacher.form);
  else
    file.write_nothing("form", {d, d});
  if (hessian_eigenvalues.size() > 0)
    file.write_vector("hessian_eigenvalues", hessian_eigenvalues);
  else
    file.write_nothing("hessian_eigenvalues", {static_cast<hsize_t>(experiment.labels.size())});
}

// The columns of the results file, those of the run for a run of one rank.
void write_row(ArrayFile& file, const Outcome& outcome, const std::vector<double>& ridges) {
  for (std::size_t k = 0; k < experiment::measure_count; ++k) {
    const auto measure = static_cast<experiment::Measure>(k);
    file.write(std::string(experiment::describe(measure).name).c_str(), outcome.measures[measure]);
  }
  file.write_vector("ridge", Eigen::Map<const Vector>(ridges.data(), static_cast<Index>(ridges.size())));
  const Layout layout({}, ridges, static_cast<std::size_t>(outcome.outer_weights.size()));
  const RowBlock row(layout, std::span(&outcome, 1));
  const std::vector<double> soft_rank = row.column(experiment::measure_count, ridges.size());
  file.write_vector("soft_rank",
                    Eigen::Map<const Vector>(soft_rank.data(), static_cast<Index>(ridges.size())));
  file.write("iterations", std::int64_t{outcome.iterations});
  file.write("sample_seconds", outcome.sample_seconds);
  file.write("solve_seconds", outcome.solve_seconds);
  file.write("measure_seconds", outcome.measure_seconds);
  file.write("rank", std::int64_t{0});
  file.write("attempts", std::int64_t{1});
  file.write("checksum", std::int64_t{row.checksum(0)});
  file.write("status", outcome.status);
}

}  // namespace

void write_experiment_file(const std::filesystem::path& file, const Experiment& experiment,
                           VectorView hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing) {
  require_absent(file, existing);
  require_own(file);
  write_new_file(file, [&](const std::filesystem::path& temporary) {
    ArrayFile arrays(temporary);
    arrays.write_attribute("title", std::string(experiment_title));
    write_axis_values(arrays, configuration, settings);
    write_arrays(arrays, experiment, hessian_eigenvalues);
    write_row(arrays, experiment.outcome, settings.ridge);
    arrays.close();
  });
}

}  // namespace flatsweep::record
