#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/sample/sample.hpp"
#include "seed.hpp"

using namespace flatsweep;
using flatsweep::sample::sample_inner_weights;

namespace {

/// The first `count` coordinate axes of R^d.
Matrix axes(Index count, Index d) { return Matrix::Identity(count, d); }

}  // namespace

TEST_CASE("weights of correlation 1 lie in the index subspace, of correlation 0 in its complement", "[sample]") {
  const Matrix inside = sample_inner_weights(3, axes(2, 6), 100, 1.0);
  CHECK((inside.rightCols(4).array() == 0.0).all());
  const Matrix outside = sample_inner_weights(3, axes(2, 6), 100, 0.0);
  CHECK((outside.leftCols(2).array() == 0.0).all());
  const Matrix single = sample_inner_weights(3, axes(1, 6), 100, 1.0);
  CHECK((single.col(0).cwiseAbs().array() == 1.0).all());
  CHECK(std::abs(single.col(0).sum()) < 60.0);
}

TEST_CASE("the single direction left by d - 1 indices is taken with both signs", "[sample]") {
  const Matrix weights = sample_inner_weights(3, axes(5, 6), 1000, 0.0);
  CHECK((weights.col(5).cwiseAbs().array() == 1.0).all());
  CHECK(std::abs(weights.col(5).sum()) < 6.0 * std::sqrt(1000.0));
}

// Uniform on the sphere of R^k: E s_i = 0, E s s' = I/k, E s_i^4 = 3/(k (k + 2)). Bounds are 6 standard
// errors.
TEST_CASE("both parts of the weights are uniform on their spheres", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Index width = 40000;
  const double error = 6.0 / std::sqrt(static_cast<double>(width));
  const auto check_uniform = [&](const Matrix& points) {
    const auto k = static_cast<double>(points.cols());
    const Matrix second = points.transpose() * points / static_cast<double>(width);
    CHECK(points.colwise().mean().cwiseAbs().maxCoeff() < error / std::sqrt(k));
    CHECK((second - Matrix::Identity(points.cols(), points.cols()) / k).cwiseAbs().maxCoeff() <
          error / k * std::sqrt(2.0));
    const auto fourth = points.array().square().square().colwise().mean();
    CHECK((fourth - 3.0 / (k * (k + 2.0))).abs().maxCoeff() < error * std::sqrt(105.0) / (k * k));
  };
  check_uniform(sample_inner_weights(seed, axes(3, 7), width, 1.0).leftCols(3));
  check_uniform(sample_inner_weights(seed, axes(3, 7), width, 0.0).rightCols(4));
}

TEST_CASE("the two parts of a weight and different neurons are independent", "[sample]") {
  const std::uint64_t seed = test::case_seed();
  const Index width = 20000;
  const Matrix w = sample_inner_weights(seed, axes(2, 5), width, std::sqrt(0.4)) * std::sqrt(5.0);
  const double error = 6.0 / std::sqrt(static_cast<double>(width));
  const Matrix covariance = w.transpose() * w / static_cast<double>(width);
  CHECK((covariance - Matrix::Identity(5, 5)).cwiseAbs().maxCoeff() < error * std::sqrt(2.0));
  const Matrix lagged = w.topRows(width - 64).transpose() * w.bottomRows(width - 64) / static_cast<double>(width - 64);
  CHECK(lagged.cwiseAbs().maxCoeff() < error * std::sqrt(2.0));
}

TEST_CASE("weights without a complement or with a correlation outside [0, 1] break the contract", "[sample]") {
  CHECK_THROWS_AS(sample_inner_weights(1, axes(4, 4), 10, 0.5), ContractViolation);
  CHECK_THROWS_AS(sample_inner_weights(1, axes(1, 4), 10, -0.1), ContractViolation);
  CHECK_THROWS_AS(sample_inner_weights(1, axes(1, 4), 10, 1.1), ContractViolation);
  CHECK_THROWS_AS(sample_inner_weights(1, axes(1, 4), 10, std::nan("")), ContractViolation);
}
