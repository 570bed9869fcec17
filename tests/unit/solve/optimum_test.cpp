#include "flatsweep/solve/optimum.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <utility>

#include "best_basis.hpp"

using namespace flatsweep;

TEST_CASE(
    "columns that differ by 2^-32 have an optimal vertex, where the first guess at its basis is singular",
    "[solve]") {
  Matrix activations(3, 7);
  activations << 2, 2, 2, 2, -2, -2, 2,  //
      -2, -2, -2, -2, 0, 4, -2,          //
      -3, -3, -3, -3, -3, 3, -3;
  Matrix differences(3, 7);
  differences << 0, 3, 1, -1, 0, 0, -2,  //
      0, -1, 2, -4, 0, 0, 2,             //
      0, -1, 2, 4, 0, 0, 1;
  activations += std::ldexp(1.0, -32) * differences;
  const Vector labels = Eigen::Vector3d(-4, 3, 3);
  const Vector kappa = activations.colwise().norm().transpose();
  const solve::Program program{activations, labels, kappa, 1.0};

  solve::NormalEquations equations = normal_equations(program);
  equations.factor();
  const auto optimum = optimise(program, std::move(equations), {});
  REQUIRE(optimum);
  const Vector& a = optimum->outer_weights;
  CHECK((activations * a - labels).norm() <= 1e-12 * labels.norm());
  CHECK(kappa.dot(a.cwiseAbs()) == Approx(test::best_basis(program)).epsilon(1e-8));
  CHECK(labels.dot(optimum->dual) == Approx(kappa.dot(a.cwiseAbs())).epsilon(1e-8));
  CHECK(((activations.transpose() * optimum->dual).cwiseAbs().array() / kappa.array()).maxCoeff() <=
        1.0 + 1e-8);
}
