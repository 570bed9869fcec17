#include "flatsweep/measure/spectrum.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "flatsweep/measure/flatness.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

Matrix with_singular_values(const Vector& values, Index columns) {
  const Index n = values.size();
  const Matrix left = test::orthonormal_columns(test::gaussian_matrix(1, n, n));
  const Matrix right = test::orthonormal_columns(test::gaussian_matrix(2, columns, n));
  return left * values.asDiagonal() * right.transpose();
}

}  // namespace

TEST_CASE("the Gram matrix has the eigenvalues of (2/n) J'J at the flattest rescaling", "[measure]") {
  constexpr Index n = 9, d = 4, m = 7;
  for (const auto& name : test::all_activations) {
    test::RandomNetwork network(name, 17, n, d, m);
    network.outer_weights(2) = 0.0;
    const auto& sigma = network.activation.power();
    const Vector t = measure::flattest_rescaling(network.activation, network.curvature(), network.outer_weights);
    Matrix jacobian = Matrix::Zero(n, m * (d + 1));
    for (Index j = 0; j < m; ++j) {
      if (t(j) == 0.0) continue;
      const double a = network.outer_weights(j) * std::pow(t(j), -sigma.degree);
      for (Index i = 0; i < n; ++i) {
        const double z = t(j) * network.inner_weights.row(j).dot(network.features.row(i));
        jacobian(i, j) = sigma(z);
        jacobian.row(i).segment(m + j * d, d) = a * sigma.derivative(z) * network.features.row(i);
      }
    }
    const Matrix truth = 2.0 / n * jacobian * jacobian.transpose();
    const Matrix gram = measure::hessian_gram(network.activation, network.activations, network.features,
                                              network.inner_weights, network.outer_weights, t);
    INFO(name);
    CHECK((Matrix(gram.selfadjointView<Eigen::Lower>()) - truth).norm() <= 1e-13 * truth.norm());
    CHECK(gram.trace() == Approx(network.flatness()).epsilon(1e-12));
    const Vector eigenvalues = test::eigensystem(truth).values;
    CHECK(measure::hessian_max(gram) == Approx(eigenvalues(n - 1)).epsilon(1e-11));
    CHECK((measure::hessian_eigenvalues(gram) - eigenvalues).norm() <= 1e-12 * eigenvalues.norm());
  }
}

TEST_CASE("a network without outer weights has a zero spectrum", "[measure]") {
  test::RandomNetwork network("relu", 17, 5, 3, 4);
  const Vector none = Vector::Zero(4);
  const Matrix gram = measure::hessian_gram(network.activation, network.activations, network.features,
                                            network.inner_weights, none, none);
  CHECK(gram.trace() == 0.0);
  CHECK(measure::hessian_max(gram) == 0.0);
}

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

TEST_CASE("the range of singular values is that of a full decomposition, wide or tall", "[measure]") {
  for (const auto& [n, m] : {std::pair<Index, Index>{1, 5}, {20, 45}, {45, 20}, {30, 30}}) {
    const test::RandomNetwork network("relu", 3, n, 12, m);
    const Vector truth = test::singular_values(network.activations);
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
