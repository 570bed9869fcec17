#include <Eigen/LU>
#include <Eigen/QR>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "random_program.hpp"
#include "solve/basis.hpp"

using namespace flatsweep;

namespace {

using WideMatrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
using WideVector = Eigen::Matrix<long double, Eigen::Dynamic, 1>;

struct System {
  Matrix activations;  // n x m
  std::vector<Index> columns;
  Vector costs;

  [[nodiscard]] Matrix basis() const { return activations(Eigen::indexing::all, columns); }
  [[nodiscard]] Vector error(const Vector& dual) const {
    return (basis().cast<long double>().transpose() * dual.cast<long double>() - costs.cast<long double>())
        .cast<double>();
  }
  [[nodiscard]] Vector plainly_rounded() const {
    const WideMatrix matrix = basis().cast<long double>().transpose();
    const WideVector right = costs.cast<long double>();
    return Eigen::FullPivLU<WideMatrix>(matrix).solve(right).cast<double>();
  }
};

/// Rows that are parallel up to `spread`, as those of r = 1 and gamma near 1 are.
System nearly_parallel(std::mt19937_64& random, Index n, double spread) {
  const Index m = 2 * n;
  System system{test::gaussian_matrix(random, n, 1) * test::gaussian_matrix(random, 1, m) +
                    spread * test::gaussian_matrix(random, n, m),
                {},
                test::gaussian_vector(random, n).cwiseSign()};
  for (Index j = 0; j < n; ++j) system.columns.push_back(2 * j + 1);
  return system;
}

}  // namespace

TEST_CASE("a well-conditioned dual comes out right from any start", "[solve]") {
  auto random = test::random_generator();
  for (const Index n : {1, 2, 20}) {
    const System system = nearly_parallel(random, n, 1.0);
    const Vector truth = system.plainly_rounded();
    Vector dual = truth + 1e-3 * test::gaussian_vector(random, n);
    solve::round_dual(system.activations, system.columns, system.costs, dual);
    CHECK((dual - truth).norm() <= 1e-9 * truth.norm());
    CHECK(system.error(dual).norm() <= 1e-11 * (1.0 + system.basis().norm() * truth.norm()));
  }
}

TEST_CASE("each row of the triangle keeps an error of half a unit in the last place", "[solve]") {
  auto random = test::random_generator();
  for (const double spread : {1.0, 1e-4, 1e-8}) {
    const System system = nearly_parallel(random, 20, spread);
    Vector dual = system.plainly_rounded();
    solve::round_dual(system.activations, system.columns, system.costs, dual);
    const Eigen::HouseholderQR<Matrix> qr(system.basis().transpose());
    const Vector error = Matrix(qr.householderQ()).transpose() * system.error(dual);
    CAPTURE(spread);
    for (Index i = 0; i < 20; ++i) {
      const double half_unit = 0.5 * std::numeric_limits<double>::epsilon() * std::abs(dual(i));
      // the other terms: what rounding s - B'nu and Q to doubles costs
      const double rounding = 1e-15 * system.costs.norm() + 1e-17 * dual.norm();
      CHECK(std::abs(error(i)) <= 1.1 * half_unit * std::abs(qr.matrixQR()(i, i)) + rounding);
    }
  }
}

TEST_CASE("nearly parallel rows round better than entry by entry", "[solve]") {
  auto random = test::random_generator();
  double log_gain = 0.0;
  for (int draw = 0; draw < 20; ++draw) {
    const System system = nearly_parallel(random, 40, 1e-7);
    Vector dual = system.plainly_rounded();
    log_gain += std::log(system.error(dual).norm());
    solve::round_dual(system.activations, system.columns, system.costs, dual);
    log_gain -= std::log(system.error(dual).norm());
  }
  CHECK(std::exp(log_gain / 20.0) > 1.5);
}
