#include "measure/block_tridiagonal.hpp"

#include <Eigen/LU>
#include <catch2/catch.hpp>

#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("traces of shifted inverses survive the reduction to block tridiagonal form", "[measure]") {
  for (const Index n : {1, 63, 64, 65, 128, 129, 192, 300}) {
    const Matrix root = test::gaussian_matrix(static_cast<std::uint64_t>(n), n, n / 2 + 1);
    const Matrix symmetric = root * root.transpose();
    const measure::BlockTridiagonal reduced(symmetric);
    for (const double shift : {0.01, 1.0, 300.0}) {
      const Matrix shifted = symmetric + shift * Matrix::Identity(n, n);
      INFO("n = " << n << ", shift " << shift);
      REQUIRE(reduced.inverse_trace(shift).has_value());
      CHECK(*reduced.inverse_trace(shift) == Approx(shifted.inverse().trace()).epsilon(1e-10));
    }
  }
}

TEST_CASE("an indefinite shifted matrix has no inverse trace", "[measure]") {
  const Matrix root = test::gaussian_matrix(3, 150, 10);
  CHECK_FALSE(measure::BlockTridiagonal(root * root.transpose()).inverse_trace(-1.0).has_value());
}
