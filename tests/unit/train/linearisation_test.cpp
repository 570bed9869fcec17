#include "train/linearisation.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "random_matrix.hpp"
#include "sampled_problem.hpp"
#include "seed.hpp"

using namespace flatsweep;
using train::Weights;

namespace {

Weights random_weights(std::mt19937_64& random, Index m, Index d) {
  return {test::gaussian_matrix(random, m, d), test::gaussian_vector(random, m)};
}

Weights moved(const Weights& weights, double step, const Weights& direction) {
  return {weights.inner + step * direction.inner, weights.outer + step * direction.outer};
}

double dot(const Weights& x, const Weights& y) { return x.inner.cwiseProduct(y.inner).sum() + x.outer.dot(y.outer); }

const char* const all_activations[] = {"relu",      "leaky_relu:0.1", "linear", "abs",
                                       "quadratic", "relu2",          "relu3",  "quartic"};

}  // namespace

TEST_CASE("the Jacobian is that of finite differences, and J' its adjoint", "[train]") {
  auto random = test::random_generator();
  for (const char* activation : all_activations) {
    INFO(activation);
    const test::SampledProblem sampled(activation, 4, 9, 300);  // more neurons than a panel has
    const train::Problem problem = sampled.problem();
    train::Linearisation at(problem, test::never);
    const Weights weights = random_weights(random, 300, 4), direction = random_weights(random, 300, 4);
    const double step = 1e-7;
    at.evaluate(moved(weights, step, direction));
    Vector difference = at.residual();
    at.evaluate(moved(weights, -step, direction));
    difference = (difference - at.residual()) / (2.0 * step);
    at.evaluate(weights);
    Vector image(9);
    at.apply(direction, image);
    CHECK((image - difference).norm() <= 1e-4 * image.norm());  // a few neurons pass a kink

    const Vector v = test::gaussian_vector(random, 9);
    Weights adjoint = direction;
    at.apply_transposed(v, adjoint);
    CHECK(v.dot(image) == Approx(dot(adjoint, direction)).epsilon(1e-10));
    at.form_gram();
    const Vector product = at.gram().selfadjointView<Eigen::Lower>() * v;
    at.apply(adjoint, image);
    CHECK((image - product).norm() <= 1e-11 * product.norm());
  }
}

TEST_CASE("the gradient of the trace is that of finite differences", "[train]") {
  auto random = test::random_generator();
  for (const char* activation : all_activations) {
    INFO(activation);
    const test::SampledProblem sampled(activation, 3, 8, 6);
    const train::Problem problem = sampled.problem();
    train::Linearisation at(problem, test::never);
    const Weights weights = random_weights(random, 6, 3), direction = random_weights(random, 6, 3);
    Weights gradient = weights;
    at.evaluate(weights);
    at.trace_gradient(weights, gradient);
    const auto difference = [&](double step) {
      at.evaluate(moved(weights, step, direction));
      const double after = at.trace();
      at.evaluate(moved(weights, -step, direction));
      return (after - at.trace()) / (2.0 * step);
    };
    // Richardson's extrapolation: the error is of order step^4.
    const double step = 1e-4;
    CHECK((4.0 * difference(step / 2.0) - difference(step)) / 3.0 == Approx(dot(gradient, direction)).epsilon(1e-8));
  }
}

TEST_CASE("the trace at an interpolator is the Laplacian of the loss by finite differences", "[train]") {
  for (const char* activation : {"relu", "leaky_relu:0.1", "abs", "quadratic", "relu2", "relu3"}) {
    INFO(activation);
    const test::SampledProblem sampled(activation, 3, 5, 8);
    const train::Problem problem = sampled.problem();
    const train::Trained network = train::gradient_flow(problem, {.start_scale = 4.0});
    REQUIRE(network.status == Status::solved);
    const double step = 1e-4;
    double laplacian = 0.0;
    const auto add_second_difference = [&](auto coordinate) {
      Weights weights = network.weights;
      double& x = coordinate(weights);
      const double middle = x;
      const auto at_distance = [&](double distance) {
        x = middle + distance;
        return test::loss(problem, weights);
      };
      const double here = at_distance(0.0);
      const auto difference = [&](double h) { return (at_distance(h) - 2.0 * here + at_distance(-h)) / (h * h); };
      laplacian += (4.0 * difference(step) - difference(2.0 * step)) / 3.0;
    };
    for (Index k = 0; k < 24; ++k)
      add_second_difference([k](Weights& weights) -> double& { return weights.inner.data()[k]; });
    for (Index k = 0; k < 8; ++k) add_second_difference([k](Weights& weights) -> double& { return weights.outer(k); });
    CHECK(laplacian == Approx(network.trace).epsilon(1e-5));
  }
}

TEST_CASE("the flattest rescaling keeps the network, and its trace is the flatness", "[train]") {
  auto random = test::random_generator();
  for (const char* activation : all_activations) {
    INFO(activation);
    const test::SampledProblem sampled(activation, 4, 12, 7);
    const train::Problem problem = sampled.problem();
    train::Linearisation at(problem, test::never);
    Weights weights = random_weights(random, 7, 4);
    weights.outer(3) = 0.0;
    at.evaluate(weights);
    const Vector residual = at.residual();
    const double flatness = at.flatness(), trace = at.trace();
    at.rescale(weights);
    CHECK((at.residual() - residual).norm() <= 1e-12 * residual.norm());
    CHECK(at.trace() == Approx(flatness).epsilon(1e-12));
    CHECK(at.flatness() == Approx(flatness).epsilon(1e-12));
    CHECK(flatness < trace);
    CHECK(weights.inner.row(3).isZero(0.0));
  }
}

TEST_CASE("a refined solve is exact for eigenvalues above the shift and bounded below it", "[train]") {
  const test::SampledProblem sampled("quadratic", 3, 20, 30);  // quadratic functions of 3 variables: rank 6 of S
  const train::Problem problem = sampled.problem();
  train::Linearisation at(problem, test::never);
  at.evaluate({sampled.directions, Vector::Ones(30)});
  at.form_gram(Vector::Ones(30), Vector::Zero(30));
  const Matrix gram = at.gram().selfadjointView<Eigen::Lower>();
  REQUIRE(at.factor(1.0, 1e-11 * at.largest_eigenvalue()));
  const Vector expected = gram * Vector::LinSpaced(20, -1.0, 1.0);
  Vector x = gram * expected;
  at.solve_refined(x);
  CHECK((gram * x - gram * expected).norm() <= 1e-10 * (gram * expected).norm());
  CHECK(x.norm() <= 1.01 * expected.norm());
}
