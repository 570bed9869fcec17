#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>
#include <catch2/catch.hpp>

#include "measure/linear_algebra.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

double by_lanczos(const Matrix& a) {
  return measure::largest_eigenvalue(
      a.rows(), [&](const Vector& x, Eigen::Ref<Vector> y) { y.noalias() = a * x; });
}

}  // namespace

TEST_CASE("Lanczos finds the largest eigenvalue of spectra with and without a gap", "[measure]") {
  for (const Index n : {1, 2, 5, 40, 300}) {
    const Matrix root = test::gaussian_matrix(static_cast<std::uint64_t>(n), n, n + 3);
    const Matrix a = root * root.transpose();
    const double truth = test::eigensystem(a).values(n - 1);
    INFO("n = " << n);
    CHECK(by_lanczos(a) == Approx(truth).epsilon(1e-12));
    const Matrix spiked = a + 10.0 * truth * Matrix::Ones(n, n);
    const double spike = test::eigensystem(spiked).values(n - 1);
    CHECK(by_lanczos(spiked) == Approx(spike).epsilon(1e-12));
  }
}

TEST_CASE("Lanczos stops at once on a multiple of the identity and on low rank", "[measure]") {
  CHECK(by_lanczos(3.0 * Matrix::Identity(50, 50)) == Approx(3.0).epsilon(1e-14));
  const Vector u = test::gaussian_matrix(1, 50, 1);
  CHECK(by_lanczos(u * u.transpose()) == Approx(u.squaredNorm()).epsilon(1e-13));
}

TEST_CASE("Lanczos separates eigenvalues that differ by 1e-9", "[measure]") {
  Vector eigenvalues = Vector::LinSpaced(100, 0.0, 1.0);
  eigenvalues(98) = 1.0 - 1e-9;
  const Matrix q = test::orthonormal_columns(test::gaussian_matrix(5, 100, 100));
  CHECK(by_lanczos(q * eigenvalues.asDiagonal() * q.transpose()) == Approx(1.0).epsilon(1e-11));
}

TEST_CASE("the reduction to block tridiagonal form keeps the traces of shifted inverses", "[measure]") {
  for (const Index n : {1, 63, 64, 65, 128, 129, 192, 300}) {
    const Matrix root = test::gaussian_matrix(static_cast<std::uint64_t>(n), n, n / 2 + 1);
    const Matrix symmetric = root * root.transpose();
    const measure::BlockTridiagonal reduced(symmetric);
    for (const double shift : {0.01, 1.0, 300.0}) {
      const Matrix shifted = symmetric + shift * Matrix::Identity(n, n);
      INFO("n = " << n << ", shift " << shift);
      REQUIRE(reduced.inverse_trace(shift).has_value());
      CHECK(*reduced.inverse_trace(shift) == Approx(test::inverse(shifted).trace()).epsilon(1e-10));
    }
  }
}

TEST_CASE("an indefinite shifted matrix has no inverse trace", "[measure]") {
  const Matrix root = test::gaussian_matrix(3, 150, 10);
  CHECK_FALSE(measure::BlockTridiagonal(root * root.transpose()).inverse_trace(-1.0).has_value());
}
