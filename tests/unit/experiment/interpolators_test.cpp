#include "experiment/interpolators.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "flatsweep/experiment/experiment.hpp"

using namespace flatsweep;

TEST_CASE("every interpolator that a job may name has its row, at the same place", "[experiment]") {
  CHECK(std::ranges::equal(experiment::interpolator_table(), model::Interpolator::names(), {},
                           &experiment::InterpolatorRow::name));
}

TEST_CASE("an interpolator interpolates, at a cost", "[experiment]") {
  for (const std::string& name : model::Interpolator::names()) {
    CAPTURE(name);
    const job::Configuration configuration{{.activation = model::Activation::parse("relu"),
                                            .link = model::Link::parse("matched"),
                                            .interpolator = model::Interpolator::parse(name),
                                            .d = 8,
                                            .seed = 3,
                                            .gamma = 0.6},
                                           {},
                                           32,
                                           64};
    const experiment::InterpolatorRow& row = experiment::interpolator_of(configuration);
    CHECK(row.name == name);
    CHECK(row.flops(configuration) > 0.0);
    CHECK(row.numbers(32, 64) > 0.0);
    const experiment::Experiment experiment = experiment::compute_experiment(configuration, {});
    CHECK(experiment.outcome.status == Status::solved);
    if (!row.solves_equations) continue;
    CHECK(experiment.network.hidden == experiment.problem.start);
    const Vector residual =
        experiment.network.hidden->activations * experiment.network.solution.outer_weights - experiment.problem.labels;
    CHECK(residual.norm() <= 1e-10 * experiment.problem.labels.norm());
  }
}
