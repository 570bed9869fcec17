#include "flatsweep/measure/singular_values.hpp"

#include <Eigen/QR>
#include <Eigen/SVD>
#include <catch2/catch.hpp>
#include <cmath>

#include "random_problem.hpp"

using namespace flatsweep;

namespace {

Matrix with_singular_values(const Vector& values, Index columns) {
  const Index n = values.size();
  const Eigen::HouseholderQR<Matrix> left(test::gaussian_matrix(1, n, n));
  const Eigen::HouseholderQR<Matrix> right(test::gaussian_matrix(2, columns, columns));
  const Matrix u = left.householderQ();
  const Matrix v = right.householderQ();
  return u * values.asDiagonal() * v.leftCols(n).transpose();
}

}  // namespace

TEST_CASE("the range of singular values is that of a full decomposition, wide or tall", "[measure]") {
  for (const auto& [n, m] : {std::pair<Index, Index>{1, 5}, {20, 45}, {45, 20}, {30, 30}}) {
    const test::RandomNetwork network("relu", 3, n, 12, m);
    const Vector truth = Eigen::JacobiSVD<Matrix>(network.activations).singularValues();
    const auto range = measure::singular_range(network.activations);
    INFO(n << " x " << m);
    CHECK(range.max == Approx(truth(0)).epsilon(1e-11));
    CHECK(range.min == Approx(truth(truth.size() - 1)).epsilon(1e-8));
  }
}

TEST_CASE("the smallest singular value is right beyond what the Gram matrix resolves", "[measure]") {
  for (const double condition : {1e2, 2e3, 1e5, 1e8, 1e11}) {
    Vector values(30);
    for (Index i = 0; i < 30; ++i) values(i) = std::pow(condition, -static_cast<double>(i) / 29.0);
    const auto range = measure::singular_range(with_singular_values(values, 70));
    INFO("condition " << condition);
    CHECK(range.max == Approx(1.0).epsilon(1e-12));
    CHECK(range.min * condition == Approx(1.0).epsilon(std::max(1e-9, 1e-14 * condition)));
  }
}

TEST_CASE("a rank-deficient matrix has a smallest singular value of rounding size", "[measure]") {
  const Matrix low_rank = test::gaussian_matrix(4, 20, 5) * test::gaussian_matrix(5, 5, 40);
  CHECK(measure::singular_range(low_rank).min <= 1e-12 * measure::singular_range(low_rank).max);
  Matrix zero_row = test::gaussian_matrix(4, 20, 40);
  zero_row.row(7).setZero();
  CHECK(measure::singular_range(zero_row).min <= 1e-13);
  CHECK(measure::singular_range(Matrix::Zero(3, 5)).max == 0.0);
}
