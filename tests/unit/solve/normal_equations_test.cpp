#include "solve/normal_equations.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <stdexcept>

#include "random_program.hpp"

using namespace flatsweep;
using solve::NormalEquations;

namespace {

Vector positive(std::mt19937_64& random, Index n, double spread) {
  return Vector::NullaryExpr(
      n, [&] { return std::exp(test::uniform(random, 0.0, spread)); });
}

}  // namespace

TEST_CASE("a solve reaches its residual in double arithmetic", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m] : {std::pair<Index, Index>{1, 1}, {1, 9}, {20, 60}, {60, 1300}}) {
    const Matrix s = test::gaussian_matrix(random, n, m);
    const Vector scale = positive(random, m, 3.0);
    const Vector weights = 1e4 * positive(random, m, 4.0);
    const Matrix columns = s * scale.cwiseInverse().asDiagonal();
    const Matrix truth = columns * weights.asDiagonal() * columns.transpose();
    NormalEquations equations(s, scale);
    equations.set_weights(weights);
    equations.factor();
    const Vector rhs = 1e-3 * test::gaussian_vector(random, n);
    Vector solution(n);
    const int steps = equations.solve(rhs, solution, 1e-5, 10);
    CAPTURE(n, m, steps, equations.residual());
    CHECK(equations.residual() <= 1e-5);
    CHECK(steps <= 10);
    CHECK((truth * solution - rhs).norm() <= 1e-4 * rhs.norm());
  }
}

TEST_CASE("the factor of other weights still preconditions", "[solve]") {
  auto random = test::random_generator();
  const Matrix s = test::gaussian_matrix(random, 20, 60);
  NormalEquations equations(s, Vector::Ones(60));
  equations.set_weights(Vector::Ones(60));
  equations.factor();
  const Vector weights = positive(random, 60, 1.0);
  equations.set_weights(weights);
  const Vector rhs = test::gaussian_vector(random, 20);
  Vector solution(20);
  const int steps = equations.solve(rhs, solution, 1e-5, 40);
  CHECK(steps > 1);
  CHECK(steps < 20);
  CHECK((s * weights.asDiagonal() * s.transpose() * solution - rhs).norm() <= 1e-4 * rhs.norm());
}

TEST_CASE("nothing is solved for nothing", "[solve]") {
  NormalEquations equations(Matrix::Identity(3, 3), Vector::Ones(3));
  equations.set_weights(Vector::Ones(3));
  equations.factor();
  Vector solution = Vector::Ones(3);
  CHECK(equations.solve(Vector::Zero(3), solution, 1e-5, 10) == 0);
  CHECK(solution.isZero(0.0));
}

TEST_CASE("the share of rounding follows the smallest eigenvalue", "[solve]") {
  auto random = test::random_generator();
  for (const double condition : {1.0, 10.0, 100.0}) {  // of S; squared in M
    const Vector values = Vector::LinSpaced(20, 0.0, 1.0).unaryExpr([&](double x) { return std::pow(condition, -x); });
    const Matrix s = test::with_singular_values(random, values, 20, 50);
    const Matrix gram = s * s.transpose();
    const double inverse_norm_1 = test::inverse(gram).cwiseAbs().colwise().sum().maxCoeff();
    const double truth = (20.0 + std::sqrt(20.0)) * 0x1p-23 * gram.diagonal().maxCoeff() * inverse_norm_1;
    NormalEquations equations(s, Vector::Ones(50));
    equations.set_weights(Vector::Ones(50));
    equations.factor();
    CAPTURE(condition, truth, equations.rounding());
    CHECK(equations.rounding() >= 0.1 * truth);
    CHECK(equations.rounding() <= 1.1 * truth);
  }
}

TEST_CASE("a singular matrix is factored all the same, and known to be rounding", "[solve]") {
  auto random = test::random_generator();
  const Matrix tall = test::gaussian_matrix(random, 30, 10);
  Matrix zero_row = test::gaussian_matrix(random, 30, 90);
  zero_row.row(4).setZero();
  for (const Matrix& s : {tall, zero_row}) {
    NormalEquations equations(s, Vector::Ones(s.cols()));
    equations.set_weights(Vector::Ones(s.cols()));
    equations.factor();
    CHECK(equations.rounding() > 0.5);
  }
}

TEST_CASE("products with S and S' are those of double to single precision", "[solve]") {
  auto random = test::random_generator();
  const Matrix s = test::gaussian_matrix(random, 20, 60);
  const Vector scale = positive(random, 60, 2.0);
  const Matrix columns = s * scale.cwiseInverse().asDiagonal();
  NormalEquations equations(s, scale);
  CHECK(equations.samples() == 20);
  CHECK(equations.width() == 60);
  const Vector a = test::gaussian_vector(random, 60), nu = test::gaussian_vector(random, 20);
  Vector image(20), t(60);
  equations.multiply(a, image);
  equations.multiply_transposed(nu, t);
  CHECK((image - columns * a).norm() <= 1e-5 * image.norm());
  CHECK((t - columns.transpose() * nu).norm() <= 1e-5 * t.norm());
}

TEST_CASE("weights and columns that under- or overflow are errors of range", "[solve]") {
  Matrix s(1, 2);
  s << 1.0, 1e-60;  // the second one is zero in single precision
  NormalEquations equations(s, Vector::Ones(2));
  for (const double weight : {0.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(equations.set_weights(Vector::Constant(2, weight)), std::range_error);
  equations.set_weights(Vector::Unit(2, 1));
  CHECK_THROWS_AS(equations.factor(), std::range_error);
}
