#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/core/error.hpp"
#include "flatsweep/model/activation.hpp"

using flatsweep::Index;
using flatsweep::Matrix;
using flatsweep::model::PiecewisePower;

TEST_CASE("a piecewise power and its derivative follow their definition", "[model]") {
  const int degree = GENERATE(1, 2, 3, 4);
  const PiecewisePower sigma{degree, 0.75, -1.5};
  for (const double z : {-3.0, -0.2, 0.0, 0.4, 2.5}) {
    CAPTURE(degree, z);
    const double alpha = z > 0.0 ? 0.75 : -1.5;
    CHECK(sigma(z) == Approx(alpha * std::pow(std::abs(z), degree)).epsilon(1e-15).margin(0.0));
    if (z != 0.0) {
      const double h = 1e-6;
      CHECK(sigma.derivative(z) == Approx((sigma(z + h) - sigma(z - h)) / (2.0 * h)).epsilon(1e-8));
    }
  }
  CHECK(sigma.derivative(0.0) == 0.0);
}

TEST_CASE("applying a piecewise power to a block of a matrix gives each entry's value and no other change", "[model]") {
  const int degree = GENERATE(1, 2, 3, 4);
  const PiecewisePower sigma{degree, 1.0, -0.1};
  Matrix z = Matrix::Random(37, 5);
  const Matrix before = z;
  sigma.apply(z.block(3, 1, 31, 3));
  for (Index j = 0; j < z.cols(); ++j) {
    for (Index i = 0; i < z.rows(); ++i) {
      const bool inside = i >= 3 && i < 34 && j >= 1 && j < 4;
      CHECK(z(i, j) == (inside ? sigma(before(i, j)) : before(i, j)));
    }
  }
}

TEST_CASE("differentiating a matrix gives the derivative at each entry", "[model]") {
  const int degree = GENERATE(1, 2, 3, 4);
  const PiecewisePower sigma{degree, 1.5, -0.1};
  Matrix z = Matrix::Random(37, 5);
  z(2, 3) = 0.0;
  const Matrix before = z;
  sigma.differentiate(z);
  for (Index i = 0; i < z.size(); ++i) CHECK(z.reshaped()(i) == sigma.derivative(before.reshaped()(i)));
}

TEST_CASE("a degree outside 1..4 breaks the contract of a piecewise power", "[model]") {
  CHECK_THROWS_AS((PiecewisePower{0, 1.0, 1.0}(1.0)), flatsweep::ContractViolation);
  CHECK_THROWS_AS((PiecewisePower{5, 1.0, 1.0}(1.0)), flatsweep::ContractViolation);
}
