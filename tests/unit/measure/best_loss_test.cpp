#include "flatsweep/measure/best_loss.hpp"

#include <Eigen/Eigenvalues>
#include <catch2/catch.hpp>
#include <cmath>

#include "flatsweep/measure/arc_cosine_kernel.hpp"
#include "flatsweep/measure/excess_loss.hpp"
#include "flatsweep/measure/target_moments.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

struct Truth {
  double best_loss;
  Vector outer_weights;  // K^+ v
};

/// By all eigenvalues of K.
Truth by_eigenvalues(const sample::Teacher& teacher, const Matrix& inner) {
  Matrix k = inner * inner.transpose();
  measure::ArcCosineKernel(teacher.activation.power(), teacher.activation.power()).apply(k);
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(k);
  const Vector v = measure::target_projection(teacher, inner);
  Vector coordinates = solver.eigenvectors().transpose() * v;
  for (Index i = 0; i < coordinates.size(); ++i) {
    const double eigenvalue = solver.eigenvalues()(i);
    coordinates(i) = eigenvalue > 1e-12 * solver.eigenvalues().maxCoeff() ? coordinates(i) / eigenvalue : 0.0;
  }
  const Vector outer = solver.eigenvectors() * coordinates;
  return {measure::target_moments(teacher).power() - v.dot(outer), outer};
}

}  // namespace

TEST_CASE("the best loss is that of the projection on the neurons' span, full rank or not", "[measure]") {
  for (const auto& activation : test::all_activations) {
    for (const std::string link : {"matched", "tanh", "hermite:2", "relu"}) {
      for (const double gamma : {0.3, 0.95}) {
        const auto teacher = test::random_teacher(link, activation, 9, 5, 2, 0.4);
        const Matrix inner = sample::sample_inner_weights(9, teacher.index_directions, 90, gamma);
        const Truth truth = by_eigenvalues(teacher, inner);
        const double scale =
            measure::target_moments(teacher).power() + std::pow(truth.outer_weights.lpNorm<1>(), 2);
        const double best = measure::best_loss(teacher, inner);
        INFO(activation << ", " << link << ", gamma " << gamma << ", ||a||_1 "
                        << truth.outer_weights.lpNorm<1>());
        CHECK(best == Approx(truth.best_loss).margin(1e-8 * scale).epsilon(0));
        CHECK(best ==
              Approx(truth.best_loss).margin(1e-5 * measure::target_moments(teacher).power()).epsilon(0));
      }
    }
  }
}

TEST_CASE("no outer weights do better than the best loss", "[measure]") {
  const auto teacher = test::random_teacher("sine", "relu", 4, 8, 2, 0.4);
  const Matrix inner = sample::sample_inner_weights(4, teacher.index_directions, 40, 0.6);
  const double best = measure::best_loss(teacher, inner);
  const Truth truth = by_eigenvalues(teacher, inner);
  CHECK(measure::excess_loss(teacher, inner, truth.outer_weights).value == Approx(best).epsilon(1e-9));
  for (std::uint64_t k = 0; k < 20; ++k) {
    const Vector moved = truth.outer_weights + 0.1 * test::gaussian_matrix(k, 40, 1);
    CHECK(measure::excess_loss(teacher, inner, moved).value > best);
  }
}

TEST_CASE("features that hold the teacher leave no best loss", "[measure]") {
  const auto teacher = test::random_teacher("matched", "relu", 4, 8, 3, 0.0);
  Matrix inner(20, 8);
  inner << sample::sample_inner_weights(4, teacher.index_directions, 17, 0.2), teacher.index_directions;
  CHECK(measure::best_loss(teacher, inner) <= 1e-13);
  CHECK(measure::best_loss(teacher, inner) >= 0.0);
}

TEST_CASE("a quadratic form has no best loss", "[measure]") {
  const auto teacher = test::random_teacher("quadratic_form", "relu", 4, 8, 3, 0.0);
  CHECK(std::isnan(measure::best_loss(teacher, teacher.index_directions)));
}
