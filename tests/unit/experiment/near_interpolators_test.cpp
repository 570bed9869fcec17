#include <Eigen/Cholesky>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <tuple>

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

solve::Solution solve_as(const Experiment& experiment, const solve::Program& program) {
  const bool is_ridge_regression = experiment.problem.configuration.interpolator.name() == "minimum_l2";
  return is_ridge_regression ? solve::minimum_l2_interpolator(program) : solve::flattest_interpolator(program);
}

/// Check that a row computed after others has the bits of the row alone.
void check_as_alone(experiment::Experimenter& experimenter, const job::Configuration& configuration) {
  const auto shared = experimenter.compute_outcome(configuration);
  const auto alone = experiment::compute_outcome(configuration, {});
  CHECK(shared.status == alone.status);
  for (std::size_t k = 0; k < alone.measures.values().size(); ++k)
    CHECK(std::bit_cast<std::uint64_t>(shared.measures.values()[k]) ==
          std::bit_cast<std::uint64_t>(alone.measures.values()[k]));
}

/// Return the residuals, n, of n fits, each at the sample that it does not know; mu is the same for all.
Vector leave_one_out(const Experiment& experiment) {
  const Matrix& s = experiment.problem.start->activations;
  const Vector& y = experiment.problem.labels;
  Vector residuals(y.size());
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
    residuals(left_out) = y(left_out) - s.row(left_out).dot(solve_as(experiment, program).outer_weights);
  }
  return residuals;
}

double mean_square(const Vector& v) { return v.squaredNorm() / static_cast<double>(v.size()); }

/// Return nu_i / [(S W S' + mu I)^-1]_ii, n, of the flattest near-interpolator of other labels, q > 1; written for the
/// test alone.
Vector formula(const Experiment& experiment, const Vector& labels) {
  const solve::Program program = program_of(experiment, labels);
  const solve::Solution solution = solve::flattest_interpolator(program);
  const double q = program.q;
  const Vector response =
      (solution.outer_weights.array().abs().pow(2.0 - q) / (q * (q - 1.0) * program.kappa.array())).matrix();
  Matrix matrix = program.activations * response.asDiagonal() * program.activations.transpose();
  matrix.diagonal().array() += program.ridge();
  const Matrix inverse = matrix.llt().solve(Matrix::Identity(matrix.rows(), matrix.rows()));
  return solution.dual.cwiseQuotient(inverse.diagonal());
}

}  // namespace

TEST_CASE("a vanishing penalty gives the interpolator", "[experiment]") {
  for (const char* activation : {"relu", "leaky_relu:0.1", "abs", "quadratic", "relu2", "relu3", "quartic"}) {
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
  for (const char* activation : {"relu", "quadratic", "relu3", "quartic"}) {
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

TEST_CASE("loo_loss is exact for ridge regression", "[experiment]") {
  for (const double penalty : {0.0, 1e-3, 0.1}) {
    const Experiment ridge = experiment::compute_experiment(small("quadratic", penalty, "minimum_l2"), {});
    const double exact = mean_square(leave_one_out(ridge));
    CAPTURE(penalty);
    CHECK(std::abs(ridge.outcome.measures["loo_loss"] - exact) <= 1e-8 * exact);
  }
}

// Moving y_i from the prediction of the others, to y_i - e_i + c e_i, leaves that prediction and makes the residual c
// e_i.
TEST_CASE("loo_loss misses residuals by what is of second order in them", "[experiment]") {
  for (const double penalty : {0.0, 1e-3, 0.1}) {
    const Experiment experiment = experiment::compute_experiment(small("quadratic", penalty), {});
    const Vector& labels = experiment.problem.labels;
    const double loo_loss = experiment.outcome.measures["loo_loss"];
    CHECK(std::abs(mean_square(formula(experiment, labels)) - loo_loss) <= 1e-8 * loo_loss);
    const Vector exact = leave_one_out(experiment);
    for (Index i = 0; i < labels.size(); ++i) {
      const auto error_of_share = [&](double share) {
        Vector moved = labels;
        moved(i) -= (1.0 - share) * exact(i);
        return formula(experiment, moved)(i) - share * exact(i);
      };
      CAPTURE(penalty, i, exact(i));
      const double order = std::log2(error_of_share(1.0 / 1024.0) / error_of_share(1.0 / 2048.0));
      CHECK(std::abs(order - 2.0) < 0.15);
    }
    const double ratio = loo_loss / mean_square(exact);  // at n = 20 a sample is no small change
    CAPTURE(penalty, ratio);
    CHECK(ratio > 0.5);
    CHECK(ratio < 2.0);
  }
}

TEST_CASE("for q = 1 leave-one-out is exact while the support stays", "[experiment]") {
  const Experiment experiment = experiment::compute_experiment(small("relu", 0.05), {});
  const Vector exact = leave_one_out(experiment);
  int with_this_support = 0;
  for (Index i = 0; i < exact.size(); ++i) {
    Experiment moved = experiment;
    moved.problem.labels(i) -= (1.0 - 1e-4) * exact(i);
    const solve::Program program = program_of(moved, moved.problem.labels);
    const Vector weights = solve::flattest_interpolator(program).outer_weights;
    const Vector residuals = moved.problem.labels - program.activations * weights;
    // H_ii by the column of the hat matrix of the support: the move of S a by that of y_i
    moved.problem.labels(i) += 1e-5 * exact(i);
    const Vector next = solve::flattest_interpolator(program).outer_weights;
    if (((weights.array() == 0.0) != (next.array() == 0.0)).any()) continue;
    ++with_this_support;
    const double leverage = program.activations.row(i).dot(next - weights) / (1e-5 * exact(i));
    CHECK(std::abs(residuals(i) / (1.0 - leverage) - 1e-4 * exact(i)) <= 1e-8 * std::abs(exact(i)));
  }
  CHECK(with_this_support > 10);
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
  const auto compare = [&](const job::Configuration& configuration) { check_as_alone(experimenter, configuration); };
  for (const double penalty : {0.0, 1e-3, 0.1}) compare(small("relu", penalty));
  job::Configuration other = small("relu", 0.1);
  other.link = model::Link::parse("quadratic_form");  // has other index directions
  compare(other);
  other.gamma = 0.9;
  compare(other);
  compare(small("quadratic", 0.1));
}

TEST_CASE("rows that differ on one axis share samples only where that changes no bit", "[experiment]") {
  using Change = void (*)(job::Configuration&);
  const auto changes = std::to_array<Change>({
      [](job::Configuration& c) { c.activation = model::Activation::parse("abs"); },
      [](job::Configuration& c) { c.link = model::Link::parse("quadratic_form"); },
      [](job::Configuration& c) { c.interpolator = model::Interpolator::parse("minimum_l2"); },
      [](job::Configuration& c) { c.indices = 1; },
      [](job::Configuration& c) { c.noise = 0.7; },
      [](job::Configuration& c) { c.samples -= 1; },
      [](job::Configuration& c) { c.width += 1; },
      [](job::Configuration& c) { c.d += 1; },
      [](job::Configuration& c) { c.seed += 1; },
      [](job::Configuration& c) { c.gamma = 0.9; },
      [](job::Configuration& c) { c.coefficients = model::Coefficients::random; },
      [](job::Configuration& c) { c.objective = model::Objective::trace; },
      [](job::Configuration& c) {
        c.offset = model::Offset{1.0, 0.0};
      },
      [](job::Configuration& c) { c.penalty = 0.5; },
  });
  static_assert(changes.size() == std::tuple_size_v<decltype(job::axis_rows)>);
  for (std::size_t k = 0; k < changes.size(); ++k) {
    CAPTURE(k);
    experiment::Experimenter experimenter({});
    const job::Configuration one = small("relu", 0.1);
    job::Configuration other = one;
    changes[k](other);
    experimenter.compute_outcome(one);
    check_as_alone(experimenter, other);
  }
}
