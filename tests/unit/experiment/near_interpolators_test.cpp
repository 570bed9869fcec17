#include <Eigen/Cholesky>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/experiment/experiment.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"

using namespace flatsweep;
using experiment::Experiment;

namespace {

/// n = 20, m = 40 at d = 10, r = 2, noise 0.3.
job::Configuration small(const char* activation, double penalty, const char* interpolator = "flattest") {
  return {{.activation = model::Activation::parse(activation),
           .link = model::Link::parse("matched"),
           .interpolator = model::Interpolator::parse(interpolator),
           .indices = 2,
           .noise = 0.3,
           .sample_ratio = 2.0,
           .d = 10,
           .seed = 5,
           .gamma = 0.5,
           .penalty = penalty},
          ConfigurationId{0},
          20,
          40};
}

solve::Program program_of(const Experiment& experiment, const Vector& labels) {
  const experiment::Problem& problem = experiment.problem;
  return {problem.start->activations, labels, problem.kappa, problem.configuration.activation.exponent(),
          problem.configuration.penalty};
}

/// Return the mean squared error of n fits, each at the sample that it does not know; mu is the same for all.
double brute_leave_one_out(const Experiment& experiment, bool is_ridge_regression) {
  const Matrix& s = experiment.problem.start->activations;
  const Vector& y = experiment.problem.labels;
  double sum = 0.0;
  for (Index left_out = 0; left_out < y.size(); ++left_out) {
    std::vector<Index> rows;
    for (Index i = 0; i < y.size(); ++i)
      if (i != left_out) rows.push_back(i);
    const Matrix some = s(rows, Eigen::indexing::all);
    const Vector labels = y(rows);
    const job::Configuration& configuration = experiment.problem.configuration;
    const solve::Program program{
        some, labels, experiment.problem.kappa, configuration.activation.exponent(),
        configuration.penalty * static_cast<double>(y.size()) / static_cast<double>(labels.size())};
    const solve::Solution solution =
        is_ridge_regression ? solve::minimum_l2_interpolator(program) : solve::flattest_interpolator(program);
    sum += std::pow(y(left_out) - s.row(left_out).dot(solution.outer_weights), 2);
  }
  return sum / static_cast<double>(y.size());
}

}  // namespace

TEST_CASE("a vanishing penalty gives the interpolator", "[experiment]") {
  for (const char* activation : {"relu", "quadratic", "relu3"}) {
    const auto interpolator = experiment::compute_outcome(small(activation, 0.0), {}).measures;
    const auto near = experiment::compute_outcome(small(activation, 1e-10), {}).measures;
    CAPTURE(activation);
    for (const char* name : {"objective", "population_loss", "flatness"})
      CHECK(std::abs(near[name] - interpolator[name]) <= 1e-5 * interpolator[name]);
  }
}

TEST_CASE("from penalty_max on all weights are zero", "[experiment]") {
  const double penalty_max = experiment::compute_outcome(small("relu", 0.0), {}).measures["penalty_max"];
  const Experiment above = experiment::compute_experiment(small("relu", 1.001 * penalty_max), {});
  CHECK(above.outcome.status == Status::solved);
  CHECK(above.network.solution.outer_weights.isZero(0.0));
  const auto& measures = above.outcome.measures;
  CHECK(measures["flatness"] == 0.0);
  CHECK(measures["degrees_of_freedom"] == 0.0);
  CHECK(measures["gcv_loss"] == measures["train_loss"]);
  CHECK(measures["loo_loss"] == measures["train_loss"]);
  CHECK(std::abs(measures["train_loss"] - above.problem.labels.squaredNorm() / 20.0) <= 1e-14);
  const Experiment below = experiment::compute_experiment(small("relu", 0.999 * penalty_max), {});
  CHECK((below.network.solution.outer_weights.array() != 0.0).count() == 1);
  CHECK(std::isnan(experiment::compute_outcome(small("quadratic", 0.1), {}).measures["penalty_max"]));
}

TEST_CASE("minimum_l2 with a penalty is ridge regression", "[experiment]") {
  for (const char* activation : {"relu", "quadratic"}) {
    const Experiment experiment = experiment::compute_experiment(small(activation, 0.05, "minimum_l2"), {});
    const Matrix& s = experiment.problem.start->activations;
    const Matrix normal = s.transpose() * s / 20.0 + 0.05 * Matrix::Identity(40, 40);
    const Vector expected = normal.llt().solve(s.transpose() * experiment.problem.labels / 20.0);
    CHECK((experiment.network.solution.outer_weights - expected).norm() <= 1e-10 * expected.norm());
    CHECK(experiment.outcome.status == Status::solved);
    const auto& measures = experiment.outcome.measures;
    const double train_loss = (s * expected - experiment.problem.labels).squaredNorm() / 20.0;
    CHECK(std::abs(measures["train_loss"] - train_loss) <= 1e-10 * train_loss);
    CHECK(std::abs(measures["penalised_loss"] - train_loss - 0.05 * expected.squaredNorm()) <= 1e-10);
    const Vector errors = s * expected - experiment.problem.labels;
    const Matrix gradients = 2.0 * errors.asDiagonal() * s;  // of the samples
    const Matrix hessian = 2.0 * normal;
    const double takeuchi = hessian.llt().solve(gradients.transpose() * gradients / 20.0).trace() / 20.0;
    CHECK(measures["takeuchi"] == Approx(takeuchi).epsilon(1e-9));
  }
}

TEST_CASE("degrees of freedom are the divergence of the fitted labels", "[experiment]") {
  for (const char* activation : {"relu", "quadratic"}) {
    for (const double penalty : {3e-3, 3e-2, 0.2}) {
      const Experiment experiment = experiment::compute_experiment(small(activation, penalty), {});
      const Matrix& s = experiment.problem.start->activations;
      constexpr double step = 1e-5;
      double divergence = 0.0;
      for (Index i = 0; i < 20; ++i) {
        Vector more = experiment.problem.labels;
        Vector less = more;
        more(i) += step;
        less(i) -= step;
        const Vector up = solve::flattest_interpolator(program_of(experiment, more)).outer_weights;
        const Vector down = solve::flattest_interpolator(program_of(experiment, less)).outer_weights;
        divergence += s.row(i).dot(up - down) / (2.0 * step);
      }
      CAPTURE(activation, penalty, divergence);
      CHECK(std::abs(experiment.outcome.measures["degrees_of_freedom"] - divergence) <= 1e-5 * divergence);
    }
  }
}

TEST_CASE("loo_loss is exact for ridge regression and of first order else", "[experiment]") {
  for (const double penalty : {0.0, 1e-3, 0.1}) {
    const Experiment ridge = experiment::compute_experiment(small("quadratic", penalty, "minimum_l2"), {});
    const double exact = brute_leave_one_out(ridge, true);
    CAPTURE(penalty);
    CHECK(std::abs(ridge.outcome.measures["loo_loss"] - exact) <= 1e-8 * exact);
    const Experiment flattest = experiment::compute_experiment(small("quadratic", penalty), {});
    const double brute = brute_leave_one_out(flattest, false);
    CAPTURE(brute);
    const double ratio = flattest.outcome.measures["loo_loss"] / brute;  // at n = 20 a sample is no small change
    CHECK(ratio > 0.5);
    CHECK(ratio < 2.0);
  }
}

TEST_CASE("gcv_loss is the training loss over the squared share of free samples", "[experiment]") {
  for (const char* activation : {"relu", "quadratic"}) {
    const auto measures = experiment::compute_outcome(small(activation, 0.05), {}).measures;
    const double share = 1.0 - measures["degrees_of_freedom"] / 20.0;
    CHECK(std::abs(measures["gcv_loss"] * share * share / measures["train_loss"] - 1.0) <= 1e-9);
    CHECK(measures["optimism"] == 2.0 * 0.09 * measures["degrees_of_freedom"] / 20.0);
    CHECK(measures["generalisation_gap"] == measures["population_loss"] - measures["train_loss"]);
  }
}

TEST_CASE("rows that share their samples have the bits of rows alone", "[experiment]") {
  experiment::Experimenter experimenter({});
  const auto compare = [&](const job::Configuration& configuration) {
    const auto shared = experimenter.compute_outcome(configuration);
    const auto alone = experiment::compute_outcome(configuration, {});
    CHECK(shared.status == alone.status);
    for (std::size_t k = 0; k < alone.measures.values().size(); ++k)
      CHECK(std::bit_cast<std::uint64_t>(shared.measures.values()[k]) ==
            std::bit_cast<std::uint64_t>(alone.measures.values()[k]));
  };
  for (const double penalty : {0.0, 1e-3, 0.1}) compare(small("relu", penalty));
  job::Configuration other = small("relu", 0.1);
  other.link = model::Link::parse("quadratic_form");  // has other index directions
  compare(other);
  other.gamma = 0.9;
  compare(other);
  compare(small("quadratic", 0.1));
}
