#include "flatsweep/record/experiment_file.hpp"

#include <variant>

#include "flatsweep/job/grid.hpp"
#include "flatsweep/record/layout.hpp"
#include "flatsweep/record/output_file.hpp"
#include "record/array_file.hpp"
#include "record/row_block.hpp"

namespace flatsweep::record {
namespace {

using experiment::Experiment;
using experiment::Outcome;

void write_axis_values(ArrayFile& file, const job::Configuration& configuration, const job::Settings& settings) {
  for (const job::Axis& axis : job::axes_of(configuration))
    std::visit([&](const auto& values) { file.write_attribute(axis.name.c_str(), values.front()); }, axis.values);
  file.write_attribute("id", static_cast<std::int64_t>(value(configuration.id)));
  file.write_attribute("objective", model::to_string(settings.objective));
  file.write_attribute("q", configuration.activation.exponent());
}

void write_arrays(ArrayFile& file, const Experiment& experiment, const VectorView& hessian_eigenvalues) {
  const auto d = static_cast<hsize_t>(experiment.problem.features.cols());
  file.write_matrix("features", experiment.problem.features);
  file.write_matrix("index_directions", experiment.problem.teacher.index_directions);
  file.write_matrix("inner_weights", experiment.network.hidden->inner_weights);
  file.write_vector("labels", experiment.problem.labels);
  file.write_vector("outer_weights", experiment.network.solution.outer_weights);
  file.write_vector("dual", experiment.network.solution.dual);
  file.write_vector("kappa", experiment.problem.kappa);
  file.write_vector("trace_weights", experiment.network.hidden->trace_weights);
  file.write_vector("coefficients", experiment.problem.teacher.coefficients);
  file.write("offset", experiment.problem.teacher.offset);
  if (experiment.problem.teacher.form.size() > 0)
    file.write_matrix("form", experiment.problem.teacher.form);
  else
    file.write_nothing("form", {d, d});
  if (hessian_eigenvalues.size() > 0)
    file.write_vector("hessian_eigenvalues", hessian_eigenvalues);
  else
    file.write_nothing("hessian_eigenvalues", {static_cast<hsize_t>(experiment.problem.labels.size())});
}

/// Write the variables of a row of the results file; rank and attempts are those of a run of one rank.
void write_row(ArrayFile& file, const Outcome& outcome, const std::vector<double>& ridges) {
  for (const experiment::Measure& measure : experiment::measure_table()) {
    const auto numbers = outcome.measures.of(experiment::measure_index(measure.name));
    const std::string name(measure.name);
    if (measure.extra_axis().empty())
      file.write(name.c_str(), numbers.front());
    else
      file.write_vector(name.c_str(), Eigen::Map<const Vector>(numbers.data(), static_cast<Index>(numbers.size())));
  }
  file.write_vector("ridge", Eigen::Map<const Vector>(ridges.data(), static_cast<Index>(ridges.size())));
  const Layout layout({}, ridges, static_cast<std::size_t>(outcome.outer_weights.size()));
  const RowBlock row(layout, std::span(&outcome, 1));
  file.write("iterations", std::int64_t{outcome.iterations});
  file.write("solver_path", std::int64_t{outcome.solver_path.bits()});
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
                           const VectorView& hessian_eigenvalues, const job::Configuration& configuration,
                           const job::Settings& settings, Existing existing) {
  require_absent(file, existing);
  require_own(file);
  write_new_file(file, [&](const std::filesystem::path& temporary) {
    ArrayFile arrays(temporary, experiment_title);
    write_axis_values(arrays, configuration, settings);
    write_arrays(arrays, experiment, hessian_eigenvalues);
    write_row(arrays, experiment.outcome, settings.ridge);
    arrays.close();
  });
}

}  // namespace flatsweep::record
