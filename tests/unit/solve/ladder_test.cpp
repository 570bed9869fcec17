#include <catch2/catch.hpp>
#include <cmath>

#include "best_basis.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using solve::Rung;
using solve::Solution;

namespace {

/// The names of the rungs of a path, each followed by a blank.
std::string names(const solve::SolverPath& path) {
  std::string names;
  for (std::size_t rung = 0; rung < solve::rung_names.size(); ++rung)
    if (path.has(static_cast<Rung>(rung))) names += std::string(solve::rung_names[rung]) + ' ';
  return names;
}

}  // namespace

TEST_CASE("a path is the set of its rungs, stored as a byte", "[solve]") {
  solve::SolverPath path;
  CHECK(path.bits() == 0);
  path.add(Rung::whitened);
  path.add(Rung::rounded_dual);
  path.add(Rung::whitened);
  CHECK(path.bits() == 0b1000'0010);
  CHECK(path == solve::SolverPath(130));
  CHECK(names(path) == "whitened rounded_dual ");
}

TEST_CASE("the path tells how an optimum was found", "[solve]") {
  auto random = test::random_generator();
  for (const double q : test::exponents) {
    CAPTURE(q);
    test::RandomProgram program(random, 20, 50, q);
    CHECK(names(test::solve_checked(program).path) == "direct ");
    CHECK(names(test::solve_checked(test::ill_conditioned_program(random, 4.0, q)).path) ==
          (q == 1.0 ? "whitened " : "row_space "));
    CHECK(names(test::solve_checked(test::ill_conditioned_program(random, 7.0, q)).path) == "row_space ");
    program.activations.row(3) = program.activations.row(2);
    CHECK(names(solve::flattest_interpolator(program.view()).path) == "row_space ");
    CHECK(names(solve::minimum_l2_interpolator(program.view()).path) == "row_space ");
    program.labels(3) = program.labels(2);
    CHECK(names(solve::minimum_l2_interpolator(program.view()).path) == "row_space ");
    CHECK(names(test::solve_checked(program).path) == "row_space ");
    program.labels.setZero();
    CHECK(names(solve::flattest_interpolator(program.view()).path).empty());
  }
}

TEST_CASE("a program is given up as inaccurate on the last rung only", "[solve]") {
  auto random = test::random_generator();
  int inaccurate = 0;
  for (int draw = 0; draw < 20; ++draw) {
    const double decades = test::uniform(random, 8.0, 11.0);
    const test::RandomProgram program = test::ill_conditioned_program(random, decades, 1.0);
    const Solution solution = solve::flattest_interpolator(program.view());
    CAPTURE(decades, names(solution.path));
    CHECK(solution.path.has(Rung::row_space));
    if (solution.status == Status::solved) continue;
    ++inaccurate;
    CHECK(solution.status == Status::inaccurate);
    for (const Rung rung : {Rung::rounded_dual, Rung::cut_at_1e_10, Rung::cut_at_1e_9, Rung::cut_at_1e_8})
      CHECK(solution.path.has(rung));
  }
  CHECK(inaccurate > 0);
}

TEST_CASE("columns that differ by 2^-32 have an optimal vertex, on a walk to which rounding turns signs back",
          "[solve]") {
  Matrix activations(3, 7);
  activations << 2, 2, 2, 2, -2, -2, 2,  //
      -2, -2, -2, -2, 0, 4, -2,          //
      -3, -3, -3, -3, -3, 3, -3;
  Matrix differences(3, 7);
  differences << 0, 3, 1, -1, 0, 0, -2,  //
      0, -1, 2, -4, 0, 0, 2,             //
      0, -1, 2, 4, 0, 0, 1;
  activations += std::ldexp(1.0, -32) * differences;
  const Vector labels = Eigen::Vector3d(-4, 3, 3);
  const Vector kappa = activations.colwise().norm().transpose();
  const solve::Program program{activations, labels, kappa, 1.0};

  const Solution solution = solve::flattest_interpolator(program);
  CHECK(names(solution.path) == "direct ");
  test::check_solved(program, solution);
  CHECK(solution.certificate.objective == Approx(test::best_basis(program)).epsilon(1e-8));
}
