#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "random_program.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using test::RandomProgram;

namespace {

/// |S a - y| / |y| <= 1e-10, and the gap within its bound, from the doubles that are returned.
void check_near_one(const RandomProgram& program, const solve::Solution& solution) {
  REQUIRE(solution.status == Status::solved);
  const Vector& a = solution.outer_weights;
  CHECK((program.activations * a - program.labels).norm() <= 1e-10 * program.labels.norm());
  CHECK(std::abs(solve::certify(program.view(), a, solution.dual).gap) <= 1e-9);
  CHECK(solution.certificate.objective ==
        Approx((program.kappa.array() * a.array().abs().pow(program.q)).sum()).epsilon(1e-12));
}

/// The objectives of q = 1 + 2^-1 to 1 + 2^-50 and of q = 1.
/// @return how many are inaccurate: where q - 1 is 1e-10 or so, the rounding of t over it is of order 1
int check_continuous(RandomProgram program) {
  program.q = 1.0;
  const double limit = solve::flattest_interpolator_of_any_scale(program.view()).certificate.objective;
  double before = 0.0;
  int inaccurate = 0;
  for (int k = 1; k <= 50; ++k) {
    CAPTURE(k);
    program.q = 1.0 + std::ldexp(1.0, -k);
    const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
    if (k > 25 && solution.status == Status::inaccurate) {
      ++inaccurate;
      before = solution.certificate.objective;
      continue;
    }
    check_near_one(program, solution);
    // The optimum of another q costs (q - 1) P log |a| more at most, and is itself no better.
    const double objective = solution.certificate.objective;
    if (k > 4) CHECK(std::abs(objective / before - 1.0) <= 20.0 * (program.q - 1.0));
    if (k > 10) CHECK(std::abs(objective / limit - 1.0) <= 20.0 * (program.q - 1.0) + 1e-9);
    before = objective;
  }
  return inaccurate;
}

}  // namespace

TEST_CASE("the optimum is continuous in q down to 1", "[solve]") {
  auto random = test::random_generator();
  int inaccurate = 0;  // of 1,000; about 1 of 10,000 is
  for (int draw = 0; draw < 20; ++draw) {
    CAPTURE(draw);
    const auto n = static_cast<Index>(2 + test::uniform_index(random, 18));
    inaccurate += check_continuous({random, n, 2 * n, 1.0});
  }
  CHECK(inaccurate <= 5);
}

TEST_CASE("q near 1 where the vertex of q = 1 is square, sparse, tied or has costs over four orders", "[solve]") {
  auto random = test::random_generator();
  int inaccurate = 0;  // of 150
  for (const double q : {1.0999, 1.05, 1.01, 1.001, 1.0 + 0x1p-20, 1.0 + 0x1p-40}) {
    for (int draw = 0; draw < 5; ++draw) {
      CAPTURE(q, draw);
      const auto solve_one = [&](const RandomProgram& program) {
        const solve::Solution solution = solve::flattest_interpolator_of_any_scale(program.view());
        if (solution.status == Status::inaccurate)
          ++inaccurate;
        else
          check_near_one(program, solution);
      };
      solve_one({random, 12, 12, q});
      RandomProgram program(random, 12, 30, q);
      program.labels = program.activations.leftCols(2) * test::gaussian_vector(random, 2);
      solve_one(program);
      program.activations = program.activations.unaryExpr([](double x) { return std::round(2.0 * x); });
      program.activations.diagonal().array() += 10.0;
      program.labels = program.activations * Vector::LinSpaced(30, -3.0, 3.0).array().round().matrix();
      solve_one(program);
      for (double& kappa : program.kappa) kappa = std::pow(10.0, test::uniform(random, -1.0, 1.0));
      solve_one(program);
      program.activations.row(4) = program.activations.row(3);
      program.labels(4) = program.labels(3);
      solve_one(program);
    }
  }
  CHECK(inaccurate <= 5);
}
