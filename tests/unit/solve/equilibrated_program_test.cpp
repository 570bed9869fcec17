#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>

#include "flatsweep/core/error.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "random_program.hpp"
#include "solve/scaling.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using solve::EquilibratedProgram;
using solve::Equilibration;
using test::RandomProgram;

namespace {

/// Rows, and columns, times 10^u with u uniform in +- decades.
RandomProgram scaled_program(std::mt19937_64& random, Index n, Index m, double q, double decades) {
  RandomProgram program(random, n, m, q);
  const auto power = [&] { return std::pow(10.0, test::uniform(random, -decades, decades)); };
  for (Index j = 0; j < m; ++j) program.activations.col(j) *= power();
  const Vector a = test::gaussian_vector(random, m).cwiseQuotient(program.activations.colwise().norm().transpose());
  for (Index i = 0; i < n; ++i) program.activations.row(i) *= power();
  program.labels = program.activations * a;
  return program;
}

}  // namespace

TEST_CASE("equilibrated rows and columns have a largest entry of 1 to 2, by exact factors", "[solve]") {
  auto random = test::random_generator();
  const RandomProgram program = scaled_program(random, 8, 20, 1.0, 6.0);
  const EquilibratedProgram equilibrated(program.view(), Equilibration::by_size);
  CHECK(solve::Scales(program.view(), Equilibration::by_size).differ_by(10.0));
  const solve::Program other = equilibrated.program();
  const Matrix sizes = other.activations.cwiseAbs();
  CHECK(sizes.colwise().maxCoeff().minCoeff() >= 1.0);
  CHECK(sizes.maxCoeff() < 2.0);
  CHECK(sizes.rowwise().maxCoeff().minCoeff() >= 0.5);
  const Matrix ratios = sizes.cwiseQuotient(program.activations.cwiseAbs());
  for (Index j = 0; j < 20; ++j)
    for (Index i = 0; i < 8; ++i) CHECK(std::exp2(std::round(std::log2(ratios(i, j)))) == ratios(i, j));
}

TEST_CASE("costs are equilibrated with their columns, and none leaves the program as it is", "[solve]") {
  auto random = test::random_generator();
  for (const double q : {1.0, 1.5, 2.0}) {
    CAPTURE(q);
    RandomProgram program(random, 8, 20, q);
    for (double& kappa : program.kappa) kappa = std::pow(10.0, test::uniform(random, -6.0, 6.0));
    const EquilibratedProgram equilibrated(program.view(), Equilibration::by_costs);
    const Vector kappa = equilibrated.program().kappa;
    CHECK(kappa.maxCoeff() <= std::exp2(q) * 2.0 * kappa.minCoeff());
    const EquilibratedProgram same(program.view(), Equilibration::none);
    CHECK_FALSE(solve::Scales(program.view(), Equilibration::none).differ_by(0.0));
    CHECK(same.program().activations == program.activations);
  }
}

TEST_CASE("a solution of the equilibrated program is one of the program, with its certificate", "[solve]") {
  auto random = test::random_generator();
  for (const double q : {1.0, 4.0 / 3.0, 2.0})
    for (const Equilibration equilibration : {Equilibration::none, Equilibration::by_size, Equilibration::by_costs}) {
      CAPTURE(q, static_cast<int>(equilibration));
      const RandomProgram program = scaled_program(random, 8, 20, q, 1.0);
      const EquilibratedProgram equilibrated(program.view(), equilibration);
      const solve::Solution inner = solve::flattest_interpolator(equilibrated.program());
      const solve::Solution solution = equilibrated.restored(inner);
      const solve::Certificate certificate = solve::certify(program.view(), solution.outer_weights, solution.dual);
      CHECK(solution.certificate.objective == Approx(certificate.objective).epsilon(1e-12));
      CHECK(std::abs(certificate.gap) <= 1e-9);
      CHECK(solve::row_residual(program.view(), solution.outer_weights) <= 1e-10);
    }
}

TEST_CASE("programs over twelve orders are solved, as their duals make room for rounding in columns of tiny cost",
          "[solve]") {
  auto random = test::random_generator();
  int solved = 0;
  for (int draw = 0; draw < 100; ++draw) {
    CAPTURE(draw);
    const auto n = static_cast<Index>(2 + test::uniform_index(random, 30));
    const RandomProgram program = scaled_program(random, n, n + 1 + n / 2, 1.0, 6.0);
    const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
    CHECK(solution.status != Status::infeasible);
    if (solution.status != Status::solved) continue;
    ++solved;
    CHECK(std::abs(solve::certify(program.view(), solution.outer_weights, solution.dual).gap) <= 1e-9);
  }
  CHECK(solved >= 97);
}

TEST_CASE("what doubles do not hold in the units of the program is inaccurate, not a solution", "[solve]") {
  Matrix activations(2, 2);
  activations << 2, 1, 1, 3;
  const Vector kappa = Vector::Ones(2);
  for (const double exponent : {200.0, -200.0}) {
    const Matrix scaled = activations * std::pow(10.0, exponent);
    const Vector labels = Vector::Constant(2, std::pow(10.0, -exponent));
    CHECK(solve::flattest_interpolator_of_any_scale({scaled, labels, kappa, 1.0}).status == Status::inaccurate);
  }
}

TEST_CASE("labels and costs of any unit give the same weights as far as doubles reach", "[solve]") {
  auto random = test::random_generator();
  const auto is_held = [](double logarithm) { return std::abs(logarithm) < 306.0; };
  const auto is_lost = [](double logarithm) { return std::abs(logarithm) > 325.0; };
  for (const double q : {1.0, 1.1, 4.0 / 3.0, 1.5, 2.0}) {
    const RandomProgram program(random, 4, 9, q);
    const solve::Solution usual = solve::flattest_interpolator_of_any_scale(program.view());
    for (const double label : {-300.0, -200.0, -30.0, 0.0, 30.0, 200.0, 300.0}) {
      for (const double cost : {-200.0, -10.0, 0.0, 100.0, 200.0}) {
        CAPTURE(q, label, cost);
        const Vector labels = program.labels * std::pow(10.0, label);
        const Vector kappa = program.kappa * std::pow(10.0, cost);
        const solve::Solution solution =
            solve::flattest_interpolator_of_any_scale({program.activations, labels, kappa, q});
        const double objective = std::log10(usual.certificate.objective) + cost + q * label;
        const double dual = std::log10(usual.dual.lpNorm<Eigen::Infinity>()) + cost + (q - 1.0) * label;
        if (is_lost(objective) || is_lost(dual)) CHECK(solution.status == Status::inaccurate);
        // The smallest weights of q = 1.1 are 1e-10 of the largest, or less.
        if (is_held(objective) && is_held(dual) && std::abs(label) < 250.0) CHECK(solution.status == Status::solved);
        const Vector same = usual.outer_weights * std::pow(10.0, label);
        const Vector difference = solution.outer_weights - same;
        CHECK(difference.lpNorm<Eigen::Infinity>() <= 1e-7 * same.lpNorm<Eigen::Infinity>());
      }
    }
  }
}

TEST_CASE("costs over 580 orders make no program infeasible", "[solve]") {
  auto random = test::random_generator();
  int solved = 0;
  for (const double q : {1.0, 1.01, 1.1, 4.0 / 3.0, 1.5, 2.0}) {
    for (int repetition = 0; repetition < 20; ++repetition) {
      CAPTURE(q, repetition);
      RandomProgram program(random, 3, 8, q);
      for (double& kappa : program.kappa) kappa = std::pow(10.0, test::uniform(random, -290.0, 290.0));
      program.kappa(0) = 1e-290;
      program.kappa(1) = 1e290;
      CHECK_FALSE(EquilibratedProgram(program.view(), Equilibration::by_size).keeps_columns());
      try {
        const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
        CHECK(solution.status != Status::infeasible);
        if (solution.status != Status::solved) continue;
        ++solved;
        CHECK(solve::row_residual(program.view(), solution.outer_weights) <= 1e-10);
      } catch (const Error& error) {
        CHECK_THAT(error.what(), Catch::Contains("no optimum was found"));
      }
    }
  }
  std::cout << solved << " of 120 programs with costs over 580 orders are solved\n";
}

TEST_CASE("a row that is left out shows in the row residual, whatever its scale", "[solve]") {
  auto random = test::random_generator();
  for (const double scale : {1.0, 1e-6, 1e-12}) {
    CAPTURE(scale);
    RandomProgram program(random, 6, 15, 1.0);
    program.activations.row(5) *= scale;
    program.labels(5) *= scale;
    const solve::Solution whole = solve::flattest_interpolator_of_any_scale(program.view());
    test::check_solved(program.view(), whole);
    CHECK(whole.certificate.row_residual <= 1e-10);
    const Matrix rows = program.activations.topRows(5);
    const Vector labels = program.labels.head(5);
    const Vector without = solve::flattest_interpolator({rows, labels, program.kappa, 1.0}).outer_weights;
    solve::Certificate certificate = whole.certificate;
    certificate.row_residual = solve::row_residual(program.view(), without);
    CHECK(certificate.row_residual > 1e-7);
    CHECK(solve::classify(certificate, 0.0) == Status::inaccurate);
  }
}

TEST_CASE("weights that are zero but for rounding do not make a row of zeros inaccurate", "[solve]") {
  Matrix activations(2, 3);
  activations << 1, 1, 0, 0, 0, 1;
  const Vector labels = Vector::Unit(2, 0);
  const solve::Program program{activations, labels, Vector::Ones(3), 1.0};
  CHECK(solve::row_residual(program, Eigen::Vector3d(1, 0, 1e-17)) == 0.0);
  CHECK(solve::row_residual(program, Eigen::Vector3d(1, 0, 1e-12)) == 1.0);
}
