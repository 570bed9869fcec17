#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/solve/flattest_interpolator.hpp"
#include "random_program.hpp"

using namespace flatsweep;

namespace {

void check_least_norm(const Matrix& activations, const Vector& labels, double tolerance) {
  const Vector dual = solve::least_norm_dual(activations, labels);
  const Vector truth = test::pseudo_inverse_times(activations, labels);
  CAPTURE(activations.rows(), activations.cols());
  CHECK((activations.transpose() * dual - truth).norm() <= tolerance * truth.norm());
  const Vector dual_truth = test::pseudo_inverse_times(activations.transpose(), truth);
  CHECK((dual - dual_truth).norm() <= tolerance * dual_truth.norm());
}

}  // namespace

TEST_CASE("S' times the least-norm dual is S^+ y, whatever the shape", "[solve]") {
  auto random = test::random_generator();
  for (const auto& [n, m] : {std::pair<Index, Index>{1, 1}, {1, 7}, {7, 1}, {20, 50}, {50, 20}, {100, 220}})
    check_least_norm(test::gaussian_matrix(random, n, m), test::gaussian_vector(random, n), 1e-10);
}

TEST_CASE("ill-conditioned and rank-deficient S go by the orthogonal decomposition", "[solve]") {
  auto random = test::random_generator();
  const Vector values = Vector::LinSpaced(20, 0.0, -4.0).unaryExpr([](double x) { return std::pow(10.0, x); });
  check_least_norm(test::with_singular_values(random, values, 20, 50), test::gaussian_vector(random, 20), 1e-6);
  check_least_norm(test::with_singular_values(random, Vector::Constant(8, 2.0), 20, 50),
                   test::gaussian_vector(random, 20), 1e-10);
}
