#include <catch2/catch.hpp>
#include <cmath>

#include "random_program.hpp"
#include "solve/methods.hpp"

using namespace flatsweep;
using test::RandomProgram;

namespace {

constexpr double smooth_exponents[] = {4.0 / 3.0, 1.5, 1.6, 1.9};

solve::Optimum maximise(const RandomProgram& program, const StopRequest& stop = {}) {
  solve::NormalEquations equations(program.activations, program.kappa.array().pow(1.0 / program.q).matrix());
  equations.set_weights(Vector::Ones(program.kappa.size()));
  equations.factor();
  return solve::maximise_dual(program.view(), equations, stop);
}

/// t of a: the derivative of sum_j kappa_j |a_j|^q.
Vector derivative(const RandomProgram& program, const Vector& a) {
  return program.q * program.kappa.array() * a.array().abs().pow(program.q - 1.0) * a.array().sign();
}

}  // namespace

TEST_CASE("an orthonormal square S leaves one interpolator and one dual, in closed form", "[solve]") {
  auto random = test::random_generator();
  for (const double q : smooth_exponents) {
    for (const Index n : {1, 2, 15}) {
      RandomProgram program(random, n, n, q);
      program.activations = test::orthonormal_columns(test::gaussian_matrix(random, n, n));
      for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -2.0, 2.0));
      const auto optimum = maximise(program);
      const Vector a = program.activations.transpose() * program.labels;
      const Vector nu = program.activations * derivative(program, a);
      CAPTURE(q, n, optimum.effort.steps);
      CHECK((optimum.outer_weights - a).norm() <= 1e-12 * a.norm());
      CHECK((optimum.dual - nu).norm() <= 1e-10 * nu.norm());
    }
  }
}

TEST_CASE("one sample: weights go with the power q* - 1 of the activations", "[solve]") {
  auto random = test::random_generator();
  for (const double q : smooth_exponents) {
    const RandomProgram program(random, 1, 8, q);
    const Vector s = program.activations.row(0).transpose();
    const Vector shape = s.array().abs().pow(1.0 / (q - 1.0)) * s.array().sign();
    const Vector a = shape * (program.labels(0) / s.dot(shape));
    CAPTURE(q);
    CHECK((maximise(program).outer_weights - a).norm() <= 1e-12 * a.norm());
  }
}

TEST_CASE("q = 2 is weighted least norm", "[solve]") {
  auto random = test::random_generator();
  RandomProgram program(random, 10, 30, 2.0);
  for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -2.0, 2.0));
  const Matrix weighted = program.kappa.cwiseInverse().asDiagonal() * program.activations.transpose();
  const Vector a = weighted * test::inverse(program.activations * weighted) * program.labels;
  CHECK((maximise(program).outer_weights - a).norm() <= 1e-11 * a.norm());
}

TEST_CASE("wide programs end where S a = y and t is the derivative of the objective", "[solve]") {
  auto random = test::random_generator();
  for (const double q : smooth_exponents) {
    for (const auto& [n, m] : {std::pair<Index, Index>{5, 8}, {20, 60}, {30, 300}}) {
      RandomProgram program(random, n, m, q);
      for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -2.0, 2.0));
      const auto optimum = maximise(program);
      const Vector& a = optimum.outer_weights;
      const Vector t = program.activations.transpose() * optimum.dual;
      CAPTURE(q, n, m, optimum.effort.steps);
      CHECK((program.activations * a - program.labels).norm() <= 1e-11 * program.labels.norm());
      CHECK((derivative(program, a) - t).norm() <= 1e-10 * t.norm());
      CHECK(optimum.effort.steps < 60);
    }
  }
}

TEST_CASE("Newton's method takes few steps if weights kappa span six orders of magnitude", "[solve]") {
  auto random = test::random_generator();
  int iterations = 0;
  for (int draw = 0; draw < 10; ++draw) {
    RandomProgram program(random, 60, 70, 4.0 / 3.0);
    for (double& kappa : program.kappa) kappa = std::exp(test::uniform(random, -7.0, 7.0));
    iterations += maximise(program).effort.steps;
  }
  CHECK(iterations < 300);  // some 180, and some 560 without the line search
}

TEST_CASE("Newton's method stops when asked to", "[solve]") {
  auto random = test::random_generator();
  const std::atomic<bool> flag = true;
  CHECK_THROWS_AS(maximise({random, 3, 7, 1.5}, StopRequest(flag)), Stopped);
}
