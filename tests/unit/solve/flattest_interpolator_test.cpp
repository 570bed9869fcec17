#include "flatsweep/solve/flattest_interpolator.hpp"

#include <Eigen/LU>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "solved_program.hpp"

using namespace flatsweep;
using namespace flatsweep::test;
using solve::Solution;

TEST_CASE("random programs of every shape are solved", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (const auto& [n, m] : {std::pair<Index, Index>{1, 5}, {2, 3}, {12, 13}, {20, 100}, {60, 120}}) {
      CAPTURE(q, n, m);
      const Solution solution = solve_checked({random, n, m, q});
      CHECK(solution.rank == n);
      CHECK(solution.outer_weights.size() == m);
      CHECK(solution.dual.size() == n);
      if (q == 1.0) CHECK((solution.outer_weights.array() != 0.0).count() <= n);
    }
  }
}

TEST_CASE("zero labels have the zero solution", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 6, 10, q);
    program.labels.setZero();
    program.activations.row(5) = program.activations.row(4);
    const Vector draw = gaussian_vector(random, 10);
    for (const Solution& solution :
         {solve::flattest_interpolator(program.view()), solve::minimum_l2_interpolator(program.view()),
          solve::random_interpolator(program.view(), draw)}) {
      CHECK(solution.status == Status::solved);
      CHECK(solution.outer_weights == Vector::Zero(10));
      CHECK(solution.dual == Vector::Zero(6));
      CHECK(solution.certificate.objective == 0.0);
      CHECK(solution.certificate.residual == 0.0);
      CHECK(solution.certificate.gap == 0.0);
      CHECK(solution.rank == 5);
    }
  }
}

TEST_CASE("zero columns get zero weights and change nothing else", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 5, 12, q);
    const std::vector<Index> nonzero = {0, 1, 3, 4, 5, 6, 8, 9, 10};
    for (const Index zero : {2, 7, 11}) program.activations.col(zero).setZero();
    program.kappa(7) = 0.0;
    const Solution solution = solve_checked(program);
    RandomProgram small = program;
    small.activations = program.activations(Eigen::indexing::all, nonzero).eval();
    small.kappa = program.kappa(nonzero).eval();
    check_equal(solution.outer_weights(nonzero), solve_checked(small).outer_weights);
    for (const Index zero : {2, 7, 11}) CHECK(solution.outer_weights(zero) == 0.0);
  }
}

TEST_CASE("a zero row is a constraint on its label alone", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 6, 14, q);
    program.activations.row(2).setZero();
    program.labels(2) = 0.0;
    const Solution solution = solve_checked(program);
    CHECK(solution.rank == 5);
    const std::vector<Index> rest = {0, 1, 3, 4, 5};
    RandomProgram small = program;
    small.activations = program.activations(rest, Eigen::indexing::all).eval();
    small.labels = program.labels(rest).eval();
    check_equal(solution.outer_weights, solve_checked(small).outer_weights);
    program.labels(2) = 1.0;
    check_infeasible(solve::flattest_interpolator(program.view()), 1.0 / program.labels.norm());
  }
}

TEST_CASE("duplicate rows are one row if their labels agree, else a contradiction", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 6, 14, q);
    RandomProgram small = program;
    small.activations = program.activations.topRows(5).eval();
    small.labels = program.labels.head(5).eval();
    program.activations.row(5) = 2.0 * program.activations.row(1);
    program.labels(5) = 2.0 * program.labels(1);
    const Solution solution = solve_checked(program);
    CHECK(solution.rank == 5);
    check_equal(solution.outer_weights, solve_checked(small).outer_weights);
    program.labels(5) += 1.0;
    check_infeasible(solve::flattest_interpolator(program.view()), smallest_residual(program));
  }
}

TEST_CASE("more samples than neurons: one interpolator or none", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 15, 6, q);
    const double residual = smallest_residual(program);
    const Solution none = solve::flattest_interpolator(program.view());
    check_infeasible(none, residual);
    CHECK(none.rank == 6);
    const Vector a = gaussian_vector(random, 6);
    program.labels = program.activations * a;
    check_equal(solve_checked(program).outer_weights, a, 1e-12);
  }
}

TEST_CASE("as many samples as neurons: the one interpolator", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (const Index n : {2, 15, 50}) {
      const RandomProgram program(random, n, n, q);
      const Vector truth = Eigen::FullPivLU<Matrix>(program.activations).solve(program.labels);
      check_equal(solve_checked(program).outer_weights, truth);
    }
  }
}

TEST_CASE("one sample and one neuron divide", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 1, 1, q);
    program.activations(0, 0) = -4.0;
    program.labels(0) = 2.0;
    CHECK(solve_checked(program).outer_weights(0) == Approx(-0.5).epsilon(1e-14));
    program.activations(0, 0) = 0.0;
    check_infeasible(solve::flattest_interpolator(program.view()), 1.0);
  }
}

TEST_CASE("nothing but zero columns is infeasible", "[solve]") {
  const Vector labels = Vector::Ones(3), kappa = Vector::Zero(4);
  const Matrix activations = Matrix::Zero(3, 4);
  const solve::Program program{activations, labels, kappa, 1.0};
  for (const Solution& solution : {solve::flattest_interpolator(program), solve::minimum_l2_interpolator(program),
                                   solve::random_interpolator(program, Vector::Ones(4))}) {
    check_infeasible(solution, 1.0);
    CHECK(solution.rank == 0);
  }
}

TEST_CASE("low-rank activations are solved if the labels are in their range", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (const auto& [n, m] : {std::pair<Index, Index>{30, 50}, {50, 30}}) {
      CAPTURE(q, n, m);
      RandomProgram program(random, n, m, q);
      program.activations = matrix_of_rank(random, 8, n, m);
      program.labels = program.activations * gaussian_vector(random, m);
      CHECK(solve_checked(program).rank == 8);
      program.labels += 1e-3 * gaussian_vector(random, n);
      check_infeasible(solve::flattest_interpolator(program.view()), smallest_residual(program));
    }
  }
}

TEST_CASE("labels that are hardly off the range are infeasible, up to a relative residual of 1e-9", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 30, 50, q);
    program.activations = matrix_of_rank(random, 8, 30, 50);
    const Vector inside = (program.activations * gaussian_vector(random, 50)).normalized();
    const Vector drawn = gaussian_vector(random, 30);
    const Vector outside =
        (drawn - program.activations * pseudo_inverse_times(program.activations, drawn)).normalized();
    program.labels = inside + 1e-8 * outside;
    const Solution off = solve::flattest_interpolator(program.view());
    CHECK(off.status == Status::infeasible);
    CHECK(off.certificate.residual == Approx(1e-8).epsilon(1e-4));
    program.labels = inside + 1e-12 * outside;
    CHECK(solve::flattest_interpolator(program.view()).status == Status::solved);
  }
}

TEST_CASE("the rank does not heed the units of the activations", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (const double unit : {1e-8, 1e8}) {
      CAPTURE(q, unit);
      RandomProgram program(random, 30, 50, q);
      program.activations = unit * matrix_of_rank(random, 8, 30, 50);
      program.labels = program.activations * gaussian_vector(random, 50);
      CHECK(solve_checked(program).rank == 8);
    }
  }
}

TEST_CASE("weights kappa over six orders of magnitude", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (int draw = 0; draw < 5; ++draw) {
      CAPTURE(q, draw);
      RandomProgram program(random, 15, 40, q);
      for (double& kappa : program.kappa) kappa = std::pow(10.0, uniform(random, -3.0, 3.0));
      solve_checked(program);
    }
  }
}

TEST_CASE("ill-conditioned activations keep their certificate", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    for (const double decades : {3.0, 6.0}) {
      CAPTURE(q, decades);
      CHECK(solve_checked(ill_conditioned_program(random, decades, q)).rank == 20);
    }
    if (q > 1.0) CHECK(solve_checked(ill_conditioned_program(random, 9.0, q)).rank == 20);
  }
}

TEST_CASE("if no dual in doubles certifies a vertex, it interpolates and says that it is inaccurate", "[solve]") {
  auto random = random_generator();
  for (int draw = 0; draw < 10; ++draw) {
    const RandomProgram program = ill_conditioned_program(random, 9.0, 1.0);
    const Solution solution = solve::flattest_interpolator(program.view());
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::abs(solution.certificate.gap) <= 1e-6);
    CHECK((solution.status == Status::solved) == (std::abs(solution.certificate.gap) <= 1e-9));
    CHECK(solution.status != Status::infeasible);
  }
}
