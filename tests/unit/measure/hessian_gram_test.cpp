#include "flatsweep/measure/hessian_gram.hpp"

#include <Eigen/Eigenvalues>
#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/measure/spectrum.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

TEST_CASE("the Gram matrix has the eigenvalues of (2/n) J'J at the flattest rescaling", "[measure]") {
  constexpr Index n = 9, d = 4, m = 7;
  for (const auto& name : test::all_activations) {
    test::RandomNetwork network(name, 17, n, d, m);
    network.outer_weights(2) = 0.0;
    const auto& sigma = network.activation.power();
    const Vector t =
        measure::flattest_rescaling(network.activation, network.curvature(), network.outer_weights);
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
    const Vector eigenvalues = Eigen::SelfAdjointEigenSolver<Matrix>(truth).eigenvalues();
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
