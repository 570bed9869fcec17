#include "flatsweep/measure/soft_rank.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "flatsweep/measure/spectrum.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("soft ranks are sums over eigenvalues, for any ridge", "[measure]") {
  const std::vector<double> ridges = {1e-15, 1e-6, 1e-3, 0.1, 1.0, 10.0, 1e3};
  for (const Index n : {1, 10, 49, 150}) {
    for (const Index rank : {n, (n + 1) / 2}) {
      const Matrix root = test::gaussian_matrix(static_cast<std::uint64_t>(n), n, rank);
      Matrix gram = root * root.transpose();
      const Eigen::ArrayXd eigenvalues = measure::hessian_eigenvalues(gram).cwiseMax(0.0);
      gram.triangularView<Eigen::StrictlyUpper>().setConstant(std::nan(""));  // must not be read
      const auto ranks = measure::soft_ranks(gram, ridges);
      REQUIRE(ranks.size() == ridges.size());
      for (std::size_t k = 0; k < ridges.size(); ++k) {
        if (ridges[k] < 1e-12 && rank < n) continue;  // eigenvalues of rounding size decide
        const double lambda = ridges[k] * eigenvalues.mean();
        INFO("n = " << n << ", rank " << rank << ", ridge " << ridges[k]);
        CHECK(ranks[k] == Approx((eigenvalues / (eigenvalues + lambda)).sum()).epsilon(1e-9));
      }
    }
  }
}

TEST_CASE("a soft rank falls from n to 0 as the ridge grows", "[measure]") {
  const Matrix root = test::gaussian_matrix(8, 30, 60);
  const auto ranks = measure::soft_ranks(root * root.transpose(), std::vector<double>{1e-10, 1e-2, 1e8});
  CHECK(ranks[0] == Approx(30.0).epsilon(1e-6));
  CHECK(ranks[1] < ranks[0]);
  CHECK(ranks[2] == Approx(30.0 / 1e8).epsilon(1e-5));
}

TEST_CASE("a ridge too small for Cholesky's method falls back to the eigenvalues", "[measure]") {
  const Vector u = test::gaussian_matrix(2, 60, 1);
  const auto ranks = measure::soft_ranks(u * u.transpose(), std::vector<double>{1e-17, 1e-3});
  CHECK(std::isfinite(ranks[0]));
  CHECK(ranks[0] >= 1.0);
  CHECK(ranks[0] <= 60.0);
  CHECK(ranks[1] == Approx(1.0).epsilon(1e-4));
}
