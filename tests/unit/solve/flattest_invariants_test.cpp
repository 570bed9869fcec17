#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "flatsweep/core/error.hpp"
#include "flatsweep/solve/flattest_interpolator.hpp"
#include "solved_program.hpp"

using namespace flatsweep;
using namespace flatsweep::test;
using solve::Solution;

TEST_CASE("the solution scales with labels and activations", "[solve]") {
  auto random = random_generator();
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
  auto random = random_generator();
  for (const double q : exponents) {
    RandomProgram program(random, 10, 25, q);
    for (double& kappa : program.kappa) kappa = std::exp(uniform(random, -1.0, 1.0));
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
  auto random = random_generator();
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
      CHECK(std::log(solution.certificate.objective) ==
            Approx(std::log(expected.certificate.objective) + std::log(k) + q * std::log(l / s)).margin(1e-9));
      for (const Solution& reference :
           {solve::minimum_l2_interpolator(other.view()), solve::random_interpolator(other.view(), Vector::Ones(30))}) {
        CHECK(reference.status == Status::solved);
        CHECK(reference.certificate.residual <= 1e-10);
      }
    }
  }
}

TEST_CASE("a program solved twice has the same bits", "[solve]") {
  auto random = random_generator();
  for (const double q : exponents) {
    const RandomProgram program(random, 20, 50, q);
    const Solution first = solve::flattest_interpolator(program.view());
    const Solution second = solve::flattest_interpolator(program.view());
    CHECK(first.outer_weights == second.outer_weights);
    CHECK(first.dual == second.dual);
    CHECK(first.iterations() == second.iterations());
  }
}

TEST_CASE("a stop request ends every interpolator, and only its coming does", "[solve]") {
  auto random = random_generator();
  std::atomic<bool> flag = true;
  const StopRequest stop(flag);
  for (const double q : exponents) {
    const RandomProgram program(random, 10, 25, q);
    const Vector draw = gaussian_vector(random, 25);
    flag = true;
    CHECK_THROWS_AS(solve::flattest_interpolator(program.view(), stop), Stopped);
    CHECK_THROWS_AS(solve::minimum_l2_interpolator(program.view(), stop), Stopped);
    CHECK_THROWS_AS(solve::random_interpolator(program.view(), draw, stop), Stopped);
    flag = false;
    CHECK(solve::flattest_interpolator(program.view(), stop).status == Status::solved);
  }
}

TEST_CASE("programs that are none break the contract", "[solve]") {
  auto random = random_generator();
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
  bad.kappa(2) = 0.0;  // of a nonzero column
  refused(bad);
  bad = good;
  bad.activations(1, 1) = std::numeric_limits<double>::quiet_NaN();
  refused(bad);
  bad = good;
  bad.labels(0) = std::numeric_limits<double>::infinity();
  refused(bad);
}
