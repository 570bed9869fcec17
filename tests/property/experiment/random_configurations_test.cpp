#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>

#include "experiment/interpolators.hpp"
#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/solve/program.hpp"
#include "linear_algebra.hpp"
#include "random_configuration.hpp"
#include "seed.hpp"

using namespace flatsweep;

namespace {

struct Tally {
  int solved = 0;
  int infeasible = 0;
  int ambiguous = 0;
};

/// The rank decision is compared with an SVD unless neighbouring singular values leave no gap of 1e3 around
/// 1e-12 of the largest.
void check_rank(const experiment::Experiment& experiment, Tally& tally) {
  if (experiment.problem.labels.isZero(0.0)) return;
  const Vector sigma = test::singular_values(experiment.network.hidden->activations);
  const double cut = 1e-12 * sigma(0);
  Index rank = 0;
  while (rank < sigma.size() && sigma(rank) > cut) ++rank;
  const double below = rank < sigma.size() ? sigma(rank) : 0.0;
  if (sigma(rank - 1) < 31.6 * cut || below > cut / 31.6) {
    ++tally.ambiguous;
    std::cout << "no gap: sigma " << sigma(rank - 1) / sigma(0) << " and " << below / sigma(0) << '\n';
    return;
  }
  CHECK(experiment.network.solution.rank == rank);
}

void check_experiment(const test::Draw& draw, Tally& tally) {
  if (!experiment::interpolator_of(draw.configuration).solves_equations) return;
  const experiment::Experiment experiment = experiment::compute_experiment(draw.configuration, draw.settings);
  const solve::Solution& solution = experiment.network.solution;
  CAPTURE(solution.certificate.residual, solution.certificate.gap, solution.rank, solution.iterations());
  CHECK((solution.status == Status::solved || solution.status == Status::infeasible));
  check_rank(experiment, tally);
  if (solution.status == Status::infeasible) {
    ++tally.infeasible;
    return;
  }
  ++tally.solved;
  if (solution.outer_weights.isZero(0.0)) return;
  const Matrix& s = experiment.network.hidden->activations;
  const double residual =
      (s * solution.outer_weights - experiment.problem.labels).norm() / experiment.problem.labels.norm();
  const solve::Program program{s, experiment.problem.labels, experiment.problem.kappa,
                               draw.configuration.activation.exponent()};
  CHECK(residual <= std::max(1e-10, 2.0 * solve::residual_floor(program, solution.outer_weights)));
}

void run_campaign(int count, Index largest, int near_one) {
  auto random = test::random_generator();
  Tally tally;
  for (int i = 0; i < count; ++i) {
    const test::Draw draw = test::draw_configuration(random, largest, i < near_one);
    INFO("number " << i << ": " << test::describe(draw));
    check_experiment(draw, tally);
  }
  std::cout << count << " configurations: " << tally.solved << " solved, " << tally.infeasible << " infeasible, "
            << tally.ambiguous << " without a gap in their singular values\n";
  CHECK(tally.solved > count / 4);
}

}  // namespace

TEST_CASE("random configurations are solved with a certificate or found infeasible", "[experiment][property]") {
  run_campaign(60, 60, 15);
}

TEST_CASE("2000 random configurations are solved with a certificate or found infeasible", "[.long]") {
  run_campaign(2000, 400, 200);
}
