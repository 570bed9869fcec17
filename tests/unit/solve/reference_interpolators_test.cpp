#include <catch2/catch.hpp>
#include <cmath>
#include <tuple>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using namespace flatsweep::test;
using solve::Solution;

TEST_CASE("the minimum-l2 interpolator is S^+ y", "[solve]") {
  auto random = random_generator();
  for (const auto& [n, m, rank] : {std::tuple<Index, Index, Index>{20, 50, 20}, {20, 50, 7}, {50, 20, 20}, {9, 9, 9}}) {
    CAPTURE(n, m, rank);
    RandomProgram program(random, n, m, 1.5);
    program.activations = matrix_of_rank(random, rank, n, m);
    program.labels = program.activations * gaussian_vector(random, m);
    const Solution solution = solve::minimum_l2_interpolator(program.view());
    CHECK(solution.status == Status::solved);
    CHECK(solution.rank == rank);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::isnan(solution.certificate.gap));
    CHECK(solution.dual.array().isNaN().all());
    check_equal(solution.outer_weights, pseudo_inverse_times(program.activations, program.labels), 1e-10);
  }
  const RandomProgram inconsistent(random, 20, 5, 1.0);
  check_infeasible(solve::minimum_l2_interpolator(inconsistent.view()), smallest_residual(inconsistent));
}

TEST_CASE("the random interpolator adds a null-space part of the norm of S^+ y, along the draw", "[solve]") {
  auto random = random_generator();
  for (const auto& [n, m, rank] : {std::tuple<Index, Index, Index>{20, 50, 20}, {20, 50, 7}, {20, 21, 20}}) {
    CAPTURE(n, m, rank);
    RandomProgram program(random, n, m, 1.5);
    program.activations = matrix_of_rank(random, rank, n, m);
    program.labels = program.activations * gaussian_vector(random, m);
    const Vector draw = gaussian_vector(random, m);
    const Solution solution = solve::random_interpolator(program.view(), draw);
    CHECK(solution.status == Status::solved);
    CHECK(solution.certificate.residual <= 1e-10);
    CHECK(std::isnan(solution.certificate.gap));
    const Vector least = pseudo_inverse_times(program.activations, program.labels);
    const Vector added = solution.outer_weights - least;
    CHECK(added.norm() == Approx(least.norm()).epsilon(1e-9));
    CHECK((program.activations * added).norm() <= 1e-9 * program.labels.norm());
    const Vector outside = draw - pseudo_inverse_times(program.activations, program.activations * draw);
    CHECK(added.dot(outside) == Approx(added.norm() * outside.norm()).epsilon(1e-9));
  }
}

TEST_CASE("without a null space the random interpolator is S^+ y", "[solve]") {
  auto random = random_generator();
  const RandomProgram program(random, 9, 9, 1.0);
  CHECK(solve::random_interpolator(program.view(), gaussian_vector(random, 9)).outer_weights ==
        solve::minimum_l2_interpolator(program.view()).outer_weights);
}
