#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "flatsweep/core/contract.hpp"
#include "flatsweep/solve/certificate.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "flatsweep/solve/reference_interpolators.hpp"
#include "random_program.hpp"

using namespace flatsweep;
using solve::Program;
using solve::Solution;
using test::RandomProgram;

namespace {

constexpr double exponents[] = {1.0, 4.0 / 3.0, 1.5, 1.6};

/// Solved, by a certificate that plain long double confirms.
void check_solved(const Program& program, const Solution& solution) {
  using Wide = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  REQUIRE(solution.status == Status::solved);
  const Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic> s =
      program.activations.cast<long double>();
  const Wide a = solution.outer_weights.cast<long double>(), nu = solution.dual.cast<long double>(),
             y = program.labels.cast<long double>(), kappa = program.kappa.cast<long double>();
  const auto residual = static_cast<double>((s * a - y).norm() / y.norm());
  CHECK(residual <= 1e-10);
  CHECK(solution.certificate.residual ==
        Approx(residual).margin(0.01 * solve::residual_floor(program, solution.outer_weights)));
  const long double q = program.q;
  long double primal = 0.0L, dual = y.dot(nu);
  for (Index j = 0; j < a.size(); ++j) {
    primal += kappa(j) * std::pow(std::abs(a(j)), q);
    const long double t = std::abs(s.col(j).dot(nu));
    // feasible up to what rounding nu to doubles costs
    const long double rounding = 4e-16L * s.col(j).cwiseAbs().dot(nu.cwiseAbs());
    if (program.q == 1.0) CHECK(t <= kappa(j) + rounding);
    if (program.q > 1.0 && kappa(j) > 0.0L)
      dual -= (q - 1.0L) * kappa(j) * std::pow(t / (q * kappa(j)), q / (q - 1.0L));
  }
  CHECK(solution.certificate.objective == Approx(static_cast<double>(primal)).epsilon(1e-12));
  CHECK(std::abs(static_cast<double>((primal - dual) / primal)) <= 1e-9);
  CHECK(std::abs(solution.certificate.gap) <= 1e-9);
}

Solution solve_checked(const RandomProgram& program) {
  Solution solution = solve::flattest_interpolator(program.view());
  check_solved(program.view(), solution);
  return solution;
}

void check_infeasible(const Solution& solution, double residual) {
  CHECK(solution.status == Status::infeasible);
  CHECK(solution.certificate.residual == Approx(residual).epsilon(1e-9));
  CHECK(std::isnan(solution.certificate.objective));
  CHECK(std::isnan(solution.certificate.gap));
  CHECK(solution.outer_weights.array().isNaN().all());
  CHECK(solution.dual.array().isNaN().all());
}

void check_equal(const Vector& value, const Vector& truth, double tolerance = 1e-8) {
  REQUIRE(value.size() == truth.size());
  CHECK((value - truth).norm() <= tolerance * truth.norm());
}

/// Singular values from 1 down by so many decades; labels in the range.
RandomProgram ill_conditioned_program(std::mt19937_64& random, double decades, double q) {
  RandomProgram program(random, 20, 50, q);
  const Vector values =
      Vector::LinSpaced(20, 0.0, -decades).unaryExpr([](double x) { return std::pow(10.0, x); });
  program.activations = test::with_singular_values(random, values, 20, 50);
  program.labels = program.activations * test::gaussian_vector(random, 50);
  return program;
}

double smallest_residual(const RandomProgram& program) {
  const Vector a = test::pseudo_inverse_times(program.activations, program.labels);
  return (program.activations * a - program.labels).norm() / program.labels.norm();
}

}  // namespace

TEST_CASE("random programs of every shape are solved", "[solve]") {
  auto random = test::random_generator();
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
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 6, 10, q);
    program.labels.setZero();
    program.activations.row(5) = program.activations.row(4);
    const Vector draw = test::gaussian_vector(random, 10);
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

TEST_CASE("dead columns get zero weights and change nothing else", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 5, 12, q);
    const std::vector<Index> live = {0, 1, 3, 4, 5, 6, 8, 9, 10};
    for (const Index dead : {2, 7, 11}) program.activations.col(dead).setZero();
    program.kappa(7) = 0.0;
    const Solution solution = solve_checked(program);
    RandomProgram small = program;
    small.activations = program.activations(Eigen::all, live).eval();
    small.kappa = program.kappa(live).eval();
    check_equal(solution.outer_weights(live), solve_checked(small).outer_weights);
    for (const Index dead : {2, 7, 11}) CHECK(solution.outer_weights(dead) == 0.0);
  }
}

TEST_CASE("a zero row is a constraint on its label alone", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 6, 14, q);
    program.activations.row(2).setZero();
    program.labels(2) = 0.0;
    const Solution solution = solve_checked(program);
    CHECK(solution.rank == 5);
    const std::vector<Index> rest = {0, 1, 3, 4, 5};
    RandomProgram small = program;
    small.activations = program.activations(rest, Eigen::all).eval();
    small.labels = program.labels(rest).eval();
    check_equal(solution.outer_weights, solve_checked(small).outer_weights);
    program.labels(2) = 1.0;
    check_infeasible(solve::flattest_interpolator(program.view()), 1.0 / program.labels.norm());
  }
}

TEST_CASE("duplicate rows are one row where their labels agree, else a contradiction", "[solve]") {
  auto random = test::random_generator();
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
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 15, 6, q);
    const double residual = smallest_residual(program);
    const Solution none = solve::flattest_interpolator(program.view());
    check_infeasible(none, residual);
    CHECK(none.rank == 6);
    const Vector a = test::gaussian_vector(random, 6);
    program.labels = program.activations * a;
    check_equal(solve_checked(program).outer_weights, a, 1e-12);
  }
}

TEST_CASE("as many samples as neurons: the one interpolator", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    for (const Index n : {2, 15, 50}) {
      const RandomProgram program(random, n, n, q);
      const Vector truth = Eigen::FullPivLU<Matrix>(program.activations).solve(program.labels);
      check_equal(solve_checked(program).outer_weights, truth);
    }
  }
}

TEST_CASE("one sample and one neuron divide", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 1, 1, q);
    program.activations(0, 0) = -4.0;
    program.labels(0) = 2.0;
    CHECK(solve_checked(program).outer_weights(0) == Approx(-0.5).epsilon(1e-14));
    program.activations(0, 0) = 0.0;
    check_infeasible(solve::flattest_interpolator(program.view()), 1.0);
  }
}

TEST_CASE("nothing but dead neurons is infeasible", "[solve]") {
  const Vector labels = Vector::Ones(3), kappa = Vector::Zero(4);
  const Matrix activations = Matrix::Zero(3, 4);
  const Program program{activations, labels, kappa, 1.0};
  for (const Solution& solution :
       {solve::flattest_interpolator(program), solve::minimum_l2_interpolator(program),
        solve::random_interpolator(program, Vector::Ones(4))}) {
    check_infeasible(solution, 1.0);
    CHECK(solution.rank == 0);
  }
}

TEST_CASE("low-rank activations are solved where the labels are in their range", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    for (const auto& [n, m] : {std::pair<Index, Index>{30, 50}, {50, 30}}) {
      CAPTURE(q, n, m);
      RandomProgram program(random, n, m, q);
      program.activations = test::matrix_of_rank(random, 8, n, m);
      program.labels = program.activations * test::gaussian_vector(random, m);
      CHECK(solve_checked(program).rank == 8);
      program.labels += 1e-3 * test::gaussian_vector(random, n);
      check_infeasible(solve::flattest_interpolator(program.view()), smallest_residual(program));
    }
  }
}

TEST_CASE("weights kappa over six orders of magnitude", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    for (int draw = 0; draw < 5; ++draw) {
      CAPTURE(q, draw);
      RandomProgram program(random, 15, 40, q);
      for (double& kappa : program.kappa) kappa = std::pow(10.0, test::uniform(random, -3.0, 3.0));
      solve_checked(program);
    }
  }
}

TEST_CASE("ill-conditioned activations keep their certificate", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    for (const double decades : {3.0, 6.0}) {
      CAPTURE(q, decades);
      CHECK(solve_checked(ill_conditioned_program(random, decades, q)).rank == 20);
    }
    if (q > 1.0) CHECK(solve_checked(ill_conditioned_program(random, 9.0, q)).rank == 20);
  }
}

TEST_CASE("where no dual in doubles certifies a vertex, it interpolates and says that it is inaccurate",
          "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 10; ++draw) {
    const RandomProgram program = ill_conditioned_program(random, 9.0, 1.0);
    const Solution solution = solve::flattest_interpolator(program.view());
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::abs(solution.certificate.gap) <= 1e-6);
    CHECK((solution.status == Status::solved) == (std::abs(solution.certificate.gap) <= 1e-9));
    CHECK(solution.status != Status::infeasible);
  }
}

TEST_CASE("the solution scales with labels and activations", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 10, 25, q);
    const Vector a = solve_checked(program).outer_weights;
    for (const double factor : {-3.0, 1e-6, 1e6}) {
      CAPTURE(q, factor);
      RandomProgram scaled = program;
      scaled.labels *= factor;
      check_equal(solve_checked(scaled).outer_weights, factor * a);
      scaled.activations *= factor;
      check_equal(solve_checked(scaled).outer_weights, a);
      scaled = program;
      scaled.kappa *= std::abs(factor);
      check_equal(solve_checked(scaled).outer_weights, a);
    }
  }
}

TEST_CASE("the solution moves with its columns and does not heed the order of the samples", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 10, 25, q);
    for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -1.0, 1.0));
    const Vector a = solve_checked(program).outer_weights;
    std::vector<Index> columns(25), rows(10);
    std::iota(columns.begin(), columns.end(), Index{0});
    std::iota(rows.begin(), rows.end(), Index{0});
    std::ranges::shuffle(columns, random);
    std::ranges::shuffle(rows, random);
    RandomProgram permuted = program;
    permuted.activations = program.activations(rows, columns).eval();
    permuted.labels = program.labels(rows).eval();
    permuted.kappa = program.kappa(columns).eval();
    check_equal(solve_checked(permuted).outer_weights, a(columns));
  }
}

TEST_CASE("the caller's units change neither the answer nor its certificate", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    const RandomProgram program(random, 12, 30, q);
    const Solution expected = solve_checked(program);
    for (const auto& [s, l, k] : {std::array{1e-20, 1.0, 1.0},
                                  {1e20, 1.0, 1.0},
                                  {1.0, 1e-150, 1.0},
                                  {1.0, 1e150, 1.0},
                                  {1e-120, 1e-120, 1.0},
                                  {1e100, 1e100, 1e50},
                                  {1.0, 1.0, 1e-200},
                                  {3.0, 0.1, 7.0}}) {
      CAPTURE(q, s, l, k);
      RandomProgram other = program;
      other.activations *= s;
      other.labels *= l;
      other.kappa *= k;
      const Solution solution = solve::flattest_interpolator(other.view());
      CHECK(solution.status == Status::solved);
      CHECK(solution.certificate.residual <= 1e-10);
      CHECK(std::abs(solution.certificate.gap) <= 1e-9);
      const Vector back = solution.outer_weights / (l / s);
      CHECK((back - expected.outer_weights).norm() <= 1e-7 * expected.outer_weights.norm());
      CHECK(
          std::log(solution.certificate.objective) ==
          Approx(std::log(expected.certificate.objective) + std::log(k) + q * std::log(l / s)).margin(1e-9));
      for (const Solution& reference : {solve::minimum_l2_interpolator(other.view()),
                                        solve::random_interpolator(other.view(), Vector::Ones(30))}) {
        CHECK(reference.status == Status::solved);
        CHECK(reference.certificate.residual <= 1e-10);
      }
    }
  }
}

TEST_CASE("a program solved twice has the same bits", "[solve]") {
  auto random = test::random_generator();
  for (const double q : exponents) {
    const RandomProgram program(random, 20, 50, q);
    const Solution first = solve::flattest_interpolator(program.view());
    const Solution second = solve::flattest_interpolator(program.view());
    CHECK(first.outer_weights == second.outer_weights);
    CHECK(first.dual == second.dual);
    CHECK(first.iterations() == second.iterations());
  }
}

TEST_CASE("the minimum-l2 interpolator is S^+ y", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m, rank] :
       {std::tuple<Index, Index, Index>{20, 50, 20}, {20, 50, 7}, {50, 20, 20}, {9, 9, 9}}) {
    CAPTURE(n, m, rank);
    RandomProgram program(random, n, m, 1.5);
    program.activations = test::matrix_of_rank(random, rank, n, m);
    program.labels = program.activations * test::gaussian_vector(random, m);
    const Solution solution = solve::minimum_l2_interpolator(program.view());
    CHECK(solution.status == Status::solved);
    CHECK(solution.rank == rank);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::isnan(solution.certificate.gap));
    CHECK(solution.dual.array().isNaN().all());
    check_equal(solution.outer_weights, test::pseudo_inverse_times(program.activations, program.labels),
                1e-10);
  }
  const RandomProgram inconsistent(random, 20, 5, 1.0);
  check_infeasible(solve::minimum_l2_interpolator(inconsistent.view()), smallest_residual(inconsistent));
}

TEST_CASE("the random interpolator adds a null-space part of the norm of S^+ y, along the draw", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m, rank] : {std::tuple<Index, Index, Index>{20, 50, 20}, {20, 50, 7}, {20, 21, 20}}) {
    CAPTURE(n, m, rank);
    RandomProgram program(random, n, m, 1.5);
    program.activations = test::matrix_of_rank(random, rank, n, m);
    program.labels = program.activations * test::gaussian_vector(random, m);
    const Vector draw = test::gaussian_vector(random, m);
    const Solution solution = solve::random_interpolator(program.view(), draw);
    CHECK(solution.status == Status::solved);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::isnan(solution.certificate.gap));
    const Vector least = test::pseudo_inverse_times(program.activations, program.labels);
    const Vector added = solution.outer_weights - least;
    CHECK(added.norm() == Approx(least.norm()).epsilon(1e-9));
    CHECK((program.activations * added).norm() <= 1e-9 * program.labels.norm());
    const Vector outside = draw - test::pseudo_inverse_times(program.activations, program.activations * draw);
    CHECK(added.dot(outside) == Approx(added.norm() * outside.norm()).epsilon(1e-9));
  }
}

TEST_CASE("without a null space the random interpolator is S^+ y", "[solve]") {
  auto random = test::random_generator();
  const RandomProgram program(random, 9, 9, 1.0);
  CHECK(solve::random_interpolator(program.view(), test::gaussian_vector(random, 9)).outer_weights ==
        solve::minimum_l2_interpolator(program.view()).outer_weights);
}

TEST_CASE("a stop request ends every interpolator, and only its coming does", "[solve]") {
  auto random = test::random_generator();
  std::atomic<bool> flag = true;
  const StopRequest stop(flag);
  for (const double q : exponents) {
    const RandomProgram program(random, 10, 25, q);
    const Vector draw = test::gaussian_vector(random, 25);
    flag = true;
    CHECK_THROWS_AS(solve::flattest_interpolator(program.view(), stop), Stopped);
    CHECK_THROWS_AS(solve::minimum_l2_interpolator(program.view(), stop), Stopped);
    CHECK_THROWS_AS(solve::random_interpolator(program.view(), draw, stop), Stopped);
    flag = false;
    CHECK(solve::flattest_interpolator(program.view(), stop).status == Status::solved);
  }
}

TEST_CASE("programs that are none break the contract", "[solve]") {
  auto random = test::random_generator();
  const RandomProgram good(random, 4, 6, 1.5);
  const auto refused = [](const RandomProgram& program) {
    CHECK_THROWS_AS(solve::flattest_interpolator(program.view()), ContractViolation);
  };
  RandomProgram bad = good;
  bad.labels = Vector::Ones(5);
  refused(bad);
  bad = good;
  bad.kappa = Vector::Ones(5);
  refused(bad);
  bad = good;
  bad.q = 0.9;
  refused(bad);
  bad = good;
  bad.kappa(2) = 0.0;  // of a live column
  refused(bad);
  bad = good;
  bad.activations(1, 1) = std::numeric_limits<double>::quiet_NaN();
  refused(bad);
  bad = good;
  bad.labels(0) = std::numeric_limits<double>::infinity();
  refused(bad);
}
