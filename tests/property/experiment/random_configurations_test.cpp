#include <Eigen/SVD>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <random>

#include "flatsweep/experiment/run_experiment.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "seed.hpp"

using namespace flatsweep;

namespace {

struct Draw {
  job::Configuration configuration;
  job::Settings settings;
};

template <typename T>
const T& one_of(const std::vector<T>& values, std::mt19937_64& random) {
  return values[random() % values.size()];
}

double uniform(double low, double high, std::mt19937_64& random) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

/// Any configuration that a job may ask for, up to `largest` samples; `near_one`: r = 1 and gamma in
/// [0.9, 0.9999], where S is ill-conditioned or rank-deficient.
Draw draw_configuration(std::mt19937_64& random, Index largest, bool near_one) {
  static const std::vector<std::string> activations = {
      "relu", "leaky_relu:0.1", "leaky_relu:0.7", "linear", "abs", "quadratic", "relu2", "relu3", "quartic"};
  static const std::vector<std::string> links = {
      "matched", "mirrored", "relu", "quadratic", "hermite:3", "hermite:2", "tanh", "sine", "quadratic_form"};
  const auto activation = model::Activation::parse(one_of(activations, random));
  auto link = model::Link::parse(one_of(links, random));
  while (link.vanishes(activation)) link = model::Link::parse(one_of(links, random));
  const Index d = 4 + static_cast<Index>(random() % 40);
  const bool form = link.kind() == model::Link::Kind::quadratic_form;
  const Index indices =
      near_one ? 1 : 1 + static_cast<Index>(random() % static_cast<std::uint64_t>(form ? d / 2 : d - 1));
  const Index wish = 2 + static_cast<Index>(random() % static_cast<std::uint64_t>(largest - 1));
  const double sample_ratio = static_cast<double>(wish) / static_cast<double>(d);
  const double width_ratio = random() % 8 == 0 ? 1.0 : std::exp(uniform(0.0, std::log(10.0), random));
  const double gamma = near_one       ? uniform(0.9, 0.9999, random)
                       : random() % 2 ? uniform(0.001, 0.999, random)
                                      : std::exp(uniform(std::log(0.001), std::log(0.999), random));
  const auto samples = static_cast<Index>(std::llround(sample_ratio * static_cast<double>(d)));
  const auto width = std::min<Index>(1500, std::llround(width_ratio * static_cast<double>(samples)));
  const auto interpolator = static_cast<model::Interpolator>(random() % 4 > 1 ? 0 : 1 + random() % 2);
  Draw draw{.configuration = {.id = {},
                              .activation = activation,
                              .link = link,
                              .interpolator = interpolator,
                              .indices = indices,
                              .sample_ratio = sample_ratio,
                              .width_ratio = width_ratio,
                              .d = d,
                              .seed = random() % 1000,
                              .gamma = gamma,
                              .samples = samples,
                              .width = width},
            .settings = {}};
  if (random() % 2) draw.configuration.noise = std::exp(uniform(std::log(1e-3), std::log(10.0), random));
  if (random() % 2) draw.settings.offset.spread = 1.0;
  if (random() % 2) draw.settings.objective = model::Objective::trace;
  if (random() % 2) draw.settings.coefficients = model::Coefficients::random;
  draw.settings.spectrum = false;
  return draw;
}

std::string describe(const Draw& draw) {
  const auto& c = draw.configuration;
  std::ostringstream text;
  text << c.activation.name() << ' ' << c.link.name() << ' ' << to_string(c.interpolator) << ' '
       << to_string(draw.settings.objective) << " d=" << c.d << " n=" << c.samples << " m=" << c.width
       << " r=" << c.indices << " gamma=" << c.gamma << " noise=" << c.noise << " seed=" << c.seed
       << " offset=" << draw.settings.offset.spread
       << " coefficients=" << to_string(draw.settings.coefficients);
  return text.str();
}

struct Tally {
  int solved = 0;
  int infeasible = 0;
  int ambiguous = 0;
};

/// The rank decision is compared with an SVD unless neighbouring singular values leave no gap of 1e3 around
/// 1e-12 of the largest.
void check_rank(const experiment::Experiment& experiment, Tally& tally) {
  if (experiment.labels.isZero(0.0)) return;
  const Vector sigma = Eigen::BDCSVD<Matrix>(experiment.activations).singularValues();
  const double cut = 1e-12 * sigma(0);
  Index rank = 0;
  while (rank < sigma.size() && sigma(rank) > cut) ++rank;
  const double below = rank < sigma.size() ? sigma(rank) : 0.0;
  if (sigma(rank - 1) < 31.6 * cut || below > cut / 31.6) {
    ++tally.ambiguous;
    std::cout << "no gap: sigma " << sigma(rank - 1) / sigma(0) << " and " << below / sigma(0) << '\n';
    return;
  }
  CHECK(experiment.solution.rank == rank);
}

void check_experiment(const Draw& draw, Tally& tally) {
  const experiment::Experiment experiment = experiment::perform_experiment(draw.configuration, draw.settings);
  const solve::Solution& solution = experiment.solution;
  CAPTURE(solution.certificate.residual, solution.certificate.gap, solution.rank, solution.iterations());
  CHECK((solution.status == Status::solved || solution.status == Status::infeasible));
  check_rank(experiment, tally);
  if (solution.status == Status::infeasible) {
    ++tally.infeasible;
    return;
  }
  ++tally.solved;
  if (solution.outer_weights.isZero(0.0)) return;
  const Matrix& s = experiment.activations;
  const double residual = (s * solution.outer_weights - experiment.labels).norm() / experiment.labels.norm();
  const solve::Program program{s, experiment.labels, experiment.kappa,
                               draw.configuration.activation.exponent()};
  CHECK(residual <= std::max(1e-10, 2.0 * solve::residual_floor(program, solution.outer_weights)));
}

void run_campaign(int count, Index largest, int near_one) {
  auto random = test::random_generator();
  Tally tally;
  for (int i = 0; i < count; ++i) {
    const Draw draw = draw_configuration(random, largest, i < near_one);
    INFO("number " << i << ": " << describe(draw));
    check_experiment(draw, tally);
  }
  std::cout << count << " configurations: " << tally.solved << " solved, " << tally.infeasible
            << " infeasible, " << tally.ambiguous << " without a gap in their singular values\n";
  CHECK(tally.solved > count / 4);
}

}  // namespace

TEST_CASE("random configurations are solved with a certificate or found infeasible",
          "[experiment][property]") {
  run_campaign(60, 60, 15);
}

TEST_CASE("2000 random configurations are solved with a certificate or found infeasible", "[.long]") {
  run_campaign(2000, 400, 200);
}
