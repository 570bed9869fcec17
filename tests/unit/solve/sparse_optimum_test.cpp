#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "random_program.hpp"
#include "solve/methods.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using test::RandomProgram;

namespace {

/// Signs -1 and 1, n x m; labels in the span of the first k columns.
RandomProgram sign_program(std::mt19937_64& random, Index n, Index m, Index k) {
  RandomProgram program(random, n, m, 1.0);
  program.activations = Matrix::NullaryExpr(n, m, [&] { return test::uniform_index(random, 2) == 0 ? -1.0 : 1.0; });
  program.labels = program.activations.leftCols(k) * test::gaussian_vector(random, k);
  return program;
}

/// S = [I, H / sqrt n] with the Hadamard matrix H of Sylvester, n a power of two.
Matrix spikes_and_waves(Index n) {
  Matrix waves = Matrix::Ones(1, 1);
  while (waves.rows() < n) {
    const Index k = waves.rows();
    Matrix twice(2 * k, 2 * k);
    twice << waves, waves, waves, -waves;
    waves = twice;
  }
  Matrix columns(n, 2 * n);
  columns << Matrix::Identity(n, n), waves / std::sqrt(static_cast<double>(n));
  return columns;
}

}  // namespace

TEST_CASE("labels that are few of many columns of signs: nearly all weights of a basis are zero", "[solve]") {
  auto random = test::random_generator();
  for (const Index columns : {1, 3, 10}) {
    CAPTURE(columns);
    const RandomProgram program = sign_program(random, 60, 150, columns);
    const solve::Solution solution = test::solve_checked(program);
    CHECK((solution.outer_weights.array().abs() > 1e-9).count() <= columns);
    CHECK(solution.effort.pivots < 600);
    const solve::Solution proved = solve::flattest_interpolator_of_any_scale(program.view());
    test::check_solved(program.view(), proved);
    CHECK(proved.effort.pivots == 0);
    CHECK(proved.certificate.objective == Approx(solution.certificate.objective).epsilon(1e-12));
  }
}

TEST_CASE("every single spike and wave is found", "[solve]") {
  auto random = test::random_generator();
  RandomProgram program(random, 64, 128, 1.0);
  program.activations = spikes_and_waves(64);
  for (Index j = 0; j < 128; j += 5) {
    CAPTURE(j);
    program.labels = -2.0 * program.activations.col(j);
    const solve::Solution solution = test::solve_checked(program);
    CHECK(solution.certificate.objective == Approx(2.0).epsilon(1e-12));
  }
}

TEST_CASE("columns that nearly are twins end in a vertex, whatever the ties", "[solve]") {
  auto random = test::random_generator();
  int solved = 0;
  for (const double difference : {1e-10, 1e-9, 1e-8}) {
    for (int draw = 0; draw < 10; ++draw) {
      CAPTURE(difference, draw);
      RandomProgram program(random, 10, 30, 1.0);
      const Matrix half = program.activations.leftCols(15);
      program.activations.rightCols(15) = half + difference * test::gaussian_matrix(random, 10, 15);
      program.labels = half.leftCols(4) * test::gaussian_vector(random, 4);
      const solve::Solution solution = solve::flattest_interpolator(program.view());
      if (solution.status == Status::inaccurate) continue;  // where the basis has two twins, its dual is of 1 over them
      test::check_solved(program.view(), solution);
      ++solved;
    }
  }
  CHECK(solved >= 26);
}

TEST_CASE("of columns that nearly are twins, those of a sparse optimum are found without a walk among the others",
          "[solve]") {
  auto random = test::random_generator();
  for (int draw = 0; draw < 5; ++draw) {
    CAPTURE(draw);
    RandomProgram program(random, 60, 180, 1.0);
    const Matrix half = program.activations.leftCols(90);
    program.activations.rightCols(90) = half + 1e-10 * test::gaussian_matrix(random, 60, 90);
    program.labels = half.leftCols(6) * test::gaussian_vector(random, 6);
    const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
    test::check_solved(program.view(), solution);
    CHECK((solution.outer_weights.array() != 0.0).count() <= 6);
    CHECK(solution.effort.pivots == 0);
  }
}

TEST_CASE("spikes under a Gaussian blur are proved the optimum, though the blur is ill-conditioned", "[solve]") {
  auto random = test::random_generator();
  constexpr Index n = 100;
  RandomProgram program(random, n, n, 1.0);
  program.activations = Matrix::NullaryExpr(n, n, [](Index i, Index j) {
    const auto distance = static_cast<double>(std::min(std::abs(i - j), n - std::abs(i - j)));
    return std::exp(-distance * distance / 8.0);
  });
  program.labels = 2.0 * program.activations.col(10) - program.activations.col(40) + program.activations.col(70);
  const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
  test::check_solved(program.view(), solution);
  CHECK(solution.certificate.objective == Approx(4.0).epsilon(1e-12));
  CHECK((solution.outer_weights.array() != 0.0).count() == 3);
}

TEST_CASE("a sparse optimum is proved from an interior point without a pivot, a dense one is not", "[solve]") {
  auto random = test::random_generator();
  const auto approached = [](const RandomProgram& program) {
    solve::NormalEquations equations(program.activations, program.kappa);
    equations.factor();
    return solve::approach_vertex(program.labels, std::move(equations), 1e-3, {});
  };
  const RandomProgram sparse = sign_program(random, 50, 120, 2);
  const auto proved = solve::prove_sparse_optimum(sparse.view(), approached(sparse), solve::Proof::exact);
  REQUIRE(proved);
  CHECK((proved->outer_weights.array() != 0.0).count() <= 2);
  CHECK((sparse.activations * proved->outer_weights - sparse.labels).norm() <= 1e-12 * sparse.labels.norm());
  CHECK((sparse.activations.transpose() * proved->dual).cwiseAbs().maxCoeff() <= 1.0 + 1e-10);
  CHECK(sparse.labels.dot(proved->dual) == Approx(proved->outer_weights.lpNorm<1>()).epsilon(1e-12));

  const RandomProgram dense(random, 50, 120, 1.0);
  CHECK_FALSE(solve::prove_sparse_optimum(dense.view(), approached(dense), solve::Proof::within_gap));
}
