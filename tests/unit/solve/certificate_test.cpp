#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/program.hpp"
#include "random_program.hpp"

using namespace flatsweep;
using solve::Program;

namespace {

/// min |a_1| + |a_2| + |a_3| s.t. a_1 + a_3 = a_2 + a_3 = 1: the optimum is (0, 0, 1), of objective 1.
struct HandMade {
  Matrix activations{{1.0, 0.0, 1.0}, {0.0, 1.0, 1.0}};
  Vector labels{{1.0, 1.0}};
  Vector kappa = Vector::Ones(3);
  Vector optimum{{0.0, 0.0, 1.0}};
  Vector dual{{0.5, 0.5}};

  [[nodiscard]] Program view() const { return {activations, labels, kappa, 1.0}; }
};

Status status_of(const Program& program, const Vector& outer_weights, const Vector& dual) {
  return solve::classify(solve::certify(program, outer_weights, dual), solve::residual_floor(program, outer_weights));
}

}  // namespace

TEST_CASE("a hand-made optimum is certified", "[solve]") {
  const HandMade made;
  const auto certificate = solve::certify(made.view(), made.optimum, made.dual);
  CHECK(certificate.objective == 1.0);
  CHECK(certificate.residual == 0.0);
  CHECK(certificate.gap == 0.0);
  CHECK(status_of(made.view(), made.optimum, made.dual) == Status::solved);
}

TEST_CASE("a perturbed weight or dual is found inaccurate", "[solve]") {
  const HandMade made;
  for (Index j = 0; j < 3; ++j)
    CHECK(status_of(made.view(), made.optimum + 1e-9 * Vector::Unit(3, j), made.dual) == Status::inaccurate);
  for (Index i = 0; i < 2; ++i)
    CHECK(status_of(made.view(), made.optimum, made.dual - 1e-8 * Vector::Unit(2, i)) == Status::inaccurate);
  // another interpolator: feasible, not optimal
  const auto other = solve::certify(made.view(), Vector{{1.0, 1.0, 0.0}}, made.dual);
  CHECK(other.residual == 0.0);
  CHECK(other.gap == 0.5);
  CHECK(solve::classify(other, 0.0) == Status::inaccurate);
}

TEST_CASE("an infeasible dual counts only after scaling to feasibility if q = 1", "[solve]") {
  const HandMade made;
  const Vector large{{1.5, 1.5}};
  CHECK(solve::certify(made.view(), made.optimum, large).gap == Approx(0.0).margin(1e-15));
  const Vector lopsided{{2.0, 0.0}};  // t = (2, 0, 2): D = 1 after scaling
  CHECK(solve::certify(made.view(), made.optimum, lopsided).gap == Approx(0.0).margin(1e-15));

  Vector scaled = large;
  solve::scale_to_feasible(made.view(), scaled);
  CHECK((scaled - made.dual).norm() <= 1e-15);
  Vector feasible{{0.25, 0.5}};
  solve::scale_to_feasible(made.view(), feasible);
  CHECK(feasible == Vector{{0.25, 0.5}});
}

TEST_CASE("scaling to feasibility counts in units of kappa and leaves zero columns out", "[solve]") {
  HandMade made;
  made.activations.col(1).setZero();
  made.kappa << 0.25, 0.0, 4.0;
  Vector dual{{1.0, 0.0}};  // t = (1, 0, 1), ratios 4 and 1/4
  solve::scale_to_feasible(made.view(), dual);
  CHECK(dual == Vector{{0.25, 0.0}});
  CHECK(std::isfinite(solve::certify(made.view(), made.optimum, dual).gap));
}

TEST_CASE("an optimum of q > 1 by closed form is certified, with or without kappa", "[solve]") {
  auto random = test::random_generator();
  for (const double q : {4.0 / 3.0, 1.5, 1.6, 1.9, 2.0}) {
    test::RandomProgram program(random, 6, 6, q);
    program.kappa = test::gaussian_vector(random, 6).cwiseAbs().array() + 0.1;
    program.activations.setIdentity();
    const Vector& a = program.labels;
    const Vector t = q * program.kappa.array() * a.array().abs().pow(q - 1.0) * a.array().sign();
    const auto certificate = solve::certify(program.view(), a, t);
    CAPTURE(q);
    CHECK(certificate.objective == Approx((program.kappa.array() * a.array().abs().pow(q)).sum()).epsilon(1e-14));
    CHECK(certificate.residual == 0.0);
    CHECK(std::abs(certificate.gap) <= 1e-14);
    CHECK(status_of(program.view(), a, 1.001 * t) == Status::inaccurate);
    CHECK(status_of(program.view(), 1.001 * a, t) == Status::inaccurate);
  }
}

TEST_CASE("no dual beats an interpolator: the gap is never negative beyond rounding", "[solve]") {
  auto random = test::random_generator();
  for (const double q : {1.0, 4.0 / 3.0, 1.5, 1.6, 1.9}) {
    for (int draw = 0; draw < 50; ++draw) {
      test::RandomProgram program(random, 5, 9, q);
      program.kappa = test::gaussian_vector(random, 9).cwiseAbs().array() + 0.01;
      const Vector a = test::gaussian_vector(random, 9);
      program.labels = program.activations * a;
      const Vector dual = test::uniform(random, 0.0, 2.0) * test::gaussian_vector(random, 5);
      CAPTURE(q, draw);
      CHECK(solve::certify(program.view(), a, dual).gap >= -1e-13);
    }
  }
}

TEST_CASE("the residual is that of exact products", "[solve]") {
  const Matrix activations{{1e16, 1.0, -1e16}};
  const Vector labels = Vector::Ones(1), kappa = Vector::Ones(3);
  const Program program{activations, labels, kappa, 1.0};
  CHECK(solve::certify(program, Vector::Ones(3)).residual == 0.0);
  CHECK(solve::certify(program, Vector{{1.0, 1.5, 1.0}}).residual == 0.5);
}

TEST_CASE("without a dual there is no gap, and the residual alone decides", "[solve]") {
  const HandMade made;
  const auto certificate = solve::certify(made.view(), made.optimum);
  CHECK(std::isnan(certificate.gap));
  CHECK(solve::classify(certificate, 0.0) == Status::solved);
  CHECK(solve::classify({1.0, 2e-10, not_a_number}, 0.0) == Status::inaccurate);
}

TEST_CASE("limits of the residual and of the gap decide between solved and inaccurate", "[solve]") {
  CHECK(solve::classify({1.0, 1e-10, 1e-9}, 0.0) == Status::solved);
  CHECK(solve::classify({1.0, 1.01e-10, 0.0}, 0.0) == Status::inaccurate);
  CHECK(solve::classify({1.0, 1.01e-10, 0.0}, 1e-9) == Status::solved);  // below the floor
  CHECK(solve::classify({1.0, 0.0, 1.01e-9}, 0.0) == Status::inaccurate);
  CHECK(solve::classify({1.0, 0.0, -1.01e-9}, 0.0) == Status::inaccurate);
  CHECK(solve::classify({1.0, not_a_number, 0.0}, 0.0) == Status::inaccurate);
}

TEST_CASE("the residual floor is what rounding a to doubles costs", "[solve]") {
  const Matrix activations{{3.0, 0.0}, {0.0, 4.0}};
  const Vector labels{{0.0, 2.0}}, kappa = Vector::Ones(2);
  const Program program{activations, labels, kappa, 1.0};
  CHECK(solve::residual_floor(program, Vector{{6.0, 8.0}}) == Approx(8.0 * 0x1p-52 * 5.0 * 10.0 / 2.0));
}

TEST_CASE("the certificate catches a dropped row whatever its scale", "[solve]") {
  const Matrix activations{{1e6, 0.0, 1e6}, {0.0, 1e-6, -1e-6}};
  const Vector labels{{1e6, 1e-6}}, kappa = Vector::Ones(3);
  const Program program{activations, labels, kappa, 1.0};
  const Vector without_second_row{{1.0, 0.0, 0.0}};
  auto certificate = solve::certify(program, without_second_row, Vector{{1e-6, 0.0}});
  CHECK(solve::classify(certificate, 0.0) == Status::solved);  // all that norms of all rows see
  certificate.row_residual = solve::row_residual(program, without_second_row);
  CHECK(certificate.row_residual == 1.0);
  CHECK(solve::classify(certificate, 0.0) == Status::inaccurate);
  CHECK(solve::row_residual(program, Vector{{1.0, 1.0, 0.0}}) == 0.0);
}
