#include <Eigen/LU>
#include <catch2/catch.hpp>
#include <limits>

#include "random_program.hpp"
#include "solve/numerics.hpp"

using namespace flatsweep;

namespace {

double estimate(const Matrix& matrix) {
  const Eigen::PartialPivLU<Matrix> lu(matrix);
  return solve::estimate_inverse_norm(
      matrix.rows(), [&](Vector& x) { x = lu.solve(x).eval(); },
      [&](Vector& x) { x = lu.transpose().solve(x).eval(); });
}

double norm_1(const Matrix& matrix) { return matrix.cwiseAbs().colwise().sum().maxCoeff(); }

}  // namespace

TEST_CASE("the estimate is exact for diagonal matrices and single numbers", "[solve]") {
  CHECK(estimate(Matrix::Constant(1, 1, -0.25)) == 4.0);
  CHECK(estimate(Vector{{1.0, 1e-8, 5.0}}.asDiagonal()) == Approx(1e8).epsilon(1e-14));
}

TEST_CASE("the estimate never exceeds the norm of the inverse and mostly comes close", "[solve]") {
  auto random = test::random_generator();
  for (const Index n : {1, 2, 7, 40}) {
    double sum = 0.0;
    for (int draw = 0; draw < 50; ++draw) {
      const Vector values = Vector::NullaryExpr(n, [&] { return std::exp(test::uniform(random, -6.0, 0.0)); });
      const Matrix matrix =
          draw % 2 ? test::gaussian_matrix(random, n, n) : test::with_singular_values(random, values, n, n);
      const double ratio = estimate(matrix) / norm_1(test::inverse(matrix));
      CHECK(ratio <= 1.0 + 1e-8);
      CHECK(ratio >= 0.1);
      sum += ratio / 50.0;
    }
    CAPTURE(n);
    CHECK(sum > 0.85);
  }
}

TEST_CASE("a symmetry of the matrix does not hide its smallest singular value", "[solve]") {
  // Eigenvectors (1, 1) and (1, -1) of two equal rows and columns: every start with equal entries misses the
  // second.
  const Matrix matrix{{1.0 + 1e-9, 1.0}, {1.0, 1.0 + 1e-9}};
  CHECK(estimate(matrix) > 0.1 * norm_1(test::inverse(matrix)));
}

TEST_CASE("a singular matrix has an infinite inverse", "[solve]") {
  CHECK(estimate(Matrix::Zero(3, 3)) == std::numeric_limits<double>::infinity());
}
