#include <catch2/catch.hpp>

#include "measure/linear_algebra.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("a pivoted Cholesky factor reproduces its matrix and finds its rank", "[measure]") {
  for (const Index m : {1, 7, 64, 65, 200}) {
    for (const Index rank : {Index{1}, m / 3, m}) {
      if (rank == 0) continue;
      INFO("m = " << m << ", rank = " << rank);
      const Matrix root = test::gaussian_matrix(static_cast<std::uint64_t>(m + rank), m, rank);
      const Matrix k = root * root.transpose();
      Matrix factor = k;
      factor.triangularView<Eigen::StrictlyUpper>().setConstant(1e300);  // must not be read
      const auto result = measure::factor_with_pivoting(factor, 1e-11 * k.diagonal().maxCoeff());
      REQUIRE(result.rank == rank);
      Matrix lower = Matrix::Zero(m, rank);
      lower.triangularView<Eigen::Lower>() = factor.leftCols(rank);
      const Matrix permuted = k(result.pivots, result.pivots);
      CHECK((lower * lower.transpose() - permuted).norm() <= 1e-12 * k.norm());
      for (Index j = 1; j < rank; ++j) CHECK(lower(j, j) <= 4.0 * lower(j - 1, j - 1) * (1.0 + 1e-12));
    }
  }
}

TEST_CASE("a zero matrix has rank 0", "[measure]") {
  Matrix zero = Matrix::Zero(5, 5);
  CHECK(measure::factor_with_pivoting(zero, 0.0).rank == 0);
}
