#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>

#include "flatsweep/experiment/experiment.hpp"
#include "random_configuration.hpp"
#include "seed.hpp"

using namespace flatsweep;

namespace {

using Extended = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

struct Check {
  double residual;  ///< ||S a + mu nu - y|| / ||y||
  double gap;       ///< (E(a) - D(nu)) / Omega(a), nu scaled to be feasible if q = 1
};

/// Recompute a certificate from S, y, kappa, a and nu in extended precision.
Check recompute(const experiment::Experiment& experiment) {
  const experiment::Problem& problem = experiment.problem;
  const long double mu = 0.5L * static_cast<long double>(problem.labels.size()) * problem.configuration.penalty;
  const long double q = problem.configuration.activation.exponent();
  const auto s = problem.start->activations.cast<long double>().eval();
  const Extended y = problem.labels.cast<long double>();
  const Extended a = experiment.network.solution.outer_weights.cast<long double>();
  Extended nu = experiment.network.solution.dual.cast<long double>();
  const Extended kappa = problem.kappa.cast<long double>();
  Extended t = s.transpose() * nu;
  const double residual = static_cast<double>((s * a + mu * nu - y).norm() / y.norm());
  long double scale = 1.0L;
  if (q == 1.0L)
    for (Index j = 0; j < t.size(); ++j)
      if (kappa(j) > 0.0L) scale = std::max(scale, std::abs(t(j)) / kappa(j));
  nu /= scale;
  t /= scale;
  long double omega = 0.0L;
  long double gap = (y - s * a - mu * nu).squaredNorm() / (2.0L * mu);
  for (Index j = 0; j < t.size(); ++j) {
    if (kappa(j) == 0.0L) continue;
    const long double cost = kappa(j) * std::pow(std::abs(a(j)), q);
    const long double conjugate =
        q == 1.0L ? 0.0L : (q - 1.0L) * kappa(j) * std::pow(std::abs(t(j)) / (q * kappa(j)), q / (q - 1.0L));
    omega += cost;
    gap += cost + conjugate - a(j) * t(j);
  }
  return {residual, static_cast<double>(omega == 0.0L ? gap * 2.0L * mu / y.squaredNorm() : gap / omega)};
}

/// What rounding nu to doubles costs in the gap for q = 1: off the range of S, nu is (y - Z Z'y)/mu, which may be huge.
double rounding_cost(const experiment::Experiment& experiment) {
  const experiment::Problem& problem = experiment.problem;
  double ratio = 0.0;
  for (Index j = 0; j < problem.kappa.size(); ++j)
    if (problem.kappa(j) > 0.0) ratio = std::max(ratio, problem.start->activations.col(j).norm() / problem.kappa(j));
  return std::numeric_limits<double>::epsilon() * ratio * experiment.network.solution.dual.norm();
}

test::Draw draw_near_interpolator(std::mt19937_64& random, Index largest, bool near_one) {
  test::Draw draw = test::draw_configuration(random, largest, near_one);
  job::Configuration& configuration = draw.configuration;
  configuration.interpolator = model::Interpolator();
  configuration.penalty = std::pow(10.0, test::uniform(-8.0, 1.0, random));
  configuration.noise = random() % 3 == 0 ? 0.0 : test::uniform(0.0, 1.0, random);
  configuration.width_ratio = std::exp(test::uniform(std::log(0.3), std::log(10.0), random));
  const double width = configuration.width_ratio * static_cast<double>(configuration.samples);
  configuration.width = std::clamp<Index>(std::llround(width), 1, 1000);
  return draw;
}

void run_campaign(int count, Index largest, int near_one) {
  auto random = test::random_generator();
  int zeros = 0;
  double worst_gap = 0.0;
  double worst_residual = 0.0;
  for (int i = 0; i < count; ++i) {
    const test::Draw draw = draw_near_interpolator(random, largest, i < near_one);
    INFO("number " << i << ": " << test::describe(draw) << " penalty=" << draw.configuration.penalty);
    const experiment::Experiment experiment = experiment::compute_experiment(draw.configuration, draw.settings);
    const solve::Solution& solution = experiment.network.solution;
    CAPTURE(solution.certificate.residual, solution.certificate.gap, solution.rank, solution.effort.steps,
            solution.effort.pivots, static_cast<int>(solution.path.bits()));
    CHECK(solution.status == Status::solved);
    if (experiment.problem.labels.isZero(0.0)) continue;
    if (solution.outer_weights.isZero(0.0)) ++zeros;
    const auto [residual, gap] = recompute(experiment);
    CAPTURE(residual, gap);
    CHECK(residual <=
          std::max(1e-10, 2.0 * solve::residual_floor({experiment.problem.start->activations, experiment.problem.labels,
                                                       experiment.problem.kappa, 1.0},
                                                      solution.outer_weights)));
    CHECK(std::abs(gap) <= std::max(1e-9, rounding_cost(experiment)));
    worst_gap = std::max(worst_gap, gap);
    worst_residual = std::max(worst_residual, residual);
  }
  std::cout << count << " near-interpolators, " << zeros << " of them 0: gap at most " << worst_gap
            << ", residual at most " << worst_residual << '\n';
}

}  // namespace

TEST_CASE("random near-interpolators are optimal, by a certificate recomputed", "[experiment][property]") {
  run_campaign(60, 50, 15);
}

TEST_CASE("1000 random near-interpolators are optimal, by a certificate recomputed", "[.long]") {
  run_campaign(1000, 200, 100);
}
