#include "flatsweep/measure/losses.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "measure/kernels.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

struct Agreement {
  int beyond_four_errors = 0;
  double mean_deviation = 0.0;  // in standard errors
};

/// Estimate E (h(x) - f(x))^4, x ~ N(0, I). For links of high powers it is dominated by points far out along
/// an index direction or a neuron, so a share of the points has a larger variance along each of these (a
/// defensive mixture; Hesterberg 1995, Technometrics 37).
double fourth_moment(const sample::Teacher& teacher, const Matrix& inner, const Vector& outer, std::uint64_t seed) {
  constexpr Index points_a_direction = 1000;
  constexpr double width = 3.0;
  Matrix directions(teacher.index_directions.rows() + inner.rows(), inner.cols());
  directions << teacher.index_directions, inner;
  const Index shares = directions.rows() + 1;  // the last is standard Gaussian
  Matrix points = test::gaussian_matrix(seed, shares * points_a_direction, inner.cols());
  for (Index k = 0; k < directions.rows(); ++k) {
    auto share = points.middleRows(k * points_a_direction, points_a_direction);
    share += (width - 1.0) * (share * directions.row(k).transpose()).eval() * directions.row(k);
  }
  const Matrix distances = points * directions.transpose();
  Matrix activations = points * inner.transpose();
  teacher.activation.apply(activations);
  const Vector errors = activations * outer - teacher.evaluate(points);
  const double spread = 0.5 * (1.0 - 1.0 / (width * width));
  const Vector densities =  // of the mixture over N(0, I)
      (1.0 + ((spread * distances.array().square()).exp() / width).rowwise().sum()) / static_cast<double>(shares);
  return (errors.array().pow(4) / densities.array()).mean();
}

/// Compare exact and Monte Carlo loss over random configurations of all activations, links, d, r, gamma and
/// offsets.
Agreement compare_with_monte_carlo(int configurations, Index test_samples, std::uint64_t first_seed) {
  Agreement agreement;
  for (int k = 0; k < configurations; ++k) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(k);
    std::mt19937_64 engine(seed);
    const auto pick = [&](const auto& list) { return list[engine() % list.size()]; };
    const std::string activation = pick(test::all_activations);
    std::string link = pick(test::all_links);
    if (activation == "linear" && link == "mirrored") link = "matched";
    const auto d = static_cast<Index>(2 + engine() % 18);
    const auto r = static_cast<Index>(1 + engine() % static_cast<std::uint64_t>(std::min<Index>(d - 1, 5)));
    const auto m = static_cast<Index>(1 + engine() % 60);
    const double gamma = static_cast<double>(engine() % 1000) / 999.0;
    const auto teacher = test::random_teacher(link, activation, seed, d, r, gamma - 0.5);
    const Matrix inner = sample::sample_inner_weights(seed, teacher.index_directions, m, gamma);
    const Vector outer = test::gaussian_matrix(seed, m, 1) / std::sqrt(static_cast<double>(m));
    const auto exact = measure::excess_loss(teacher, inner, outer);
    const auto estimate = measure::monte_carlo_loss(teacher, inner, outer, 0.0, seed, test_samples);
    const double variance = fourth_moment(teacher, inner, outer, ~seed) - exact.value * exact.value;
    const double deviation = (estimate.mean - exact.value) / std::sqrt(variance / static_cast<double>(test_samples));
    if (!(std::abs(deviation) <= 4.0)) ++agreement.beyond_four_errors;
    agreement.mean_deviation += deviation / configurations;
  }
  return agreement;
}

struct Truth {
  double best_loss;
  Vector outer_weights;  // K^+ v
};

/// Compute the best loss from all eigenvalues of K.
Truth by_eigenvalues(const sample::Teacher& teacher, const Matrix& inner) {
  Matrix k = inner * inner.transpose();
  measure::ArcCosineKernel(teacher.activation.power(), teacher.activation.power()).apply(k);
  const auto [eigenvalues, eigenvectors] = test::eigensystem(k);
  const Vector v = measure::target_projection(teacher, inner);
  Vector coordinates = eigenvectors.transpose() * v;
  for (Index i = 0; i < coordinates.size(); ++i) {
    const double eigenvalue = eigenvalues(i);
    coordinates(i) = eigenvalue > 1e-12 * eigenvalues.maxCoeff() ? coordinates(i) / eigenvalue : 0.0;
  }
  const Vector outer = eigenvectors * coordinates;
  return {measure::target_moments(teacher).power() - v.dot(outer), outer};
}

}  // namespace

TEST_CASE("exact and Monte Carlo loss agree on random configurations", "[measure]") {
  const auto agreement = compare_with_monte_carlo(80, 2000, 1000);
  CHECK(agreement.beyond_four_errors <= 1);
  CHECK(std::abs(agreement.mean_deviation) < 0.35);  // 0.11 by chance
}

TEST_CASE("exact and Monte Carlo loss agree on 1,000 configurations of 20,000 points", "[.long][measure]") {
  const auto agreement = compare_with_monte_carlo(1000, 20'000, 1);
  CHECK(agreement.beyond_four_errors <= 10);
  CHECK(std::abs(agreement.mean_deviation) < 0.1);
}

TEST_CASE("a network that is the teacher has no excess loss beyond the error bound", "[measure]") {
  for (const auto& name : test::all_activations) {
    const auto teacher = test::random_teacher("matched", name, 12, 9, 4, 0.0);
    const auto excess = measure::excess_loss(teacher, teacher.index_directions, teacher.coefficients);
    INFO(name);
    CHECK(excess.value >= 0.0);
    CHECK(excess.value <= excess.error);
    CHECK(excess.error < 1e-11);
  }
}

TEST_CASE("without outer weights the excess loss is the power of the target", "[measure]") {
  for (const auto& link : test::all_links) {
    const auto teacher = test::random_teacher(link, "relu", 12, 9, 4, 0.7);
    const Matrix inner = sample::sample_inner_weights(1, teacher.index_directions, 10, 0.5);
    CHECK(measure::excess_loss(teacher, inner, Vector::Zero(10)).value ==
          Approx(measure::target_moments(teacher).power()).epsilon(1e-14));
  }
}

TEST_CASE("tiles, order and neurons without weight do not change the excess loss", "[measure]") {
  constexpr Index m = 400;
  const auto teacher = test::random_teacher("tanh", "relu3", 2, 12, 3, 0.1);
  Matrix inner = sample::sample_inner_weights(2, teacher.index_directions, m, 0.4);
  Vector outer = test::gaussian_matrix(3, m, 1);
  const auto excess = measure::excess_loss(teacher, inner, outer);
  const auto reversed = measure::excess_loss(teacher, inner.colwise().reverse(), outer.reverse());
  CHECK(std::abs(excess.value - reversed.value) <= excess.error);
  Matrix padded(2 * m, 12);
  Vector padded_outer = Vector::Zero(2 * m);
  for (Index j = 0; j < m; ++j) {
    padded.row(2 * j) = inner.row(j);
    padded.row(2 * j + 1).setConstant(std::nan(""));
    padded_outer(2 * j) = outer(j);
  }
  CHECK(measure::excess_loss(teacher, padded, padded_outer).value == excess.value);
}

TEST_CASE("a quadratic form has no exact loss", "[measure]") {
  const auto teacher = test::random_teacher("quadratic_form", "relu", 2, 12, 3, 0.1);
  const Matrix inner = sample::sample_inner_weights(2, teacher.index_directions, 5, 0.4);
  CHECK(std::isnan(measure::excess_loss(teacher, inner, Vector::Ones(5)).value));
  CHECK(std::isnan(measure::target_moments(teacher).signal_power));
}

TEST_CASE("the best loss is that of the projection on the neurons' span, full rank or not", "[measure]") {
  for (const auto& activation : test::all_activations) {
    for (const std::string link : {"matched", "tanh", "hermite:2", "relu"}) {
      for (const double gamma : {0.3, 0.95}) {
        const auto teacher = test::random_teacher(link, activation, 9, 5, 2, 0.4);
        const Matrix inner = sample::sample_inner_weights(9, teacher.index_directions, 90, gamma);
        const Truth truth = by_eigenvalues(teacher, inner);
        const double scale = measure::target_moments(teacher).power() + std::pow(truth.outer_weights.lpNorm<1>(), 2);
        const double best = measure::best_loss(teacher, inner);
        INFO(activation << ", " << link << ", gamma " << gamma << ", ||a||_1 " << truth.outer_weights.lpNorm<1>());
        CHECK(best == Approx(truth.best_loss).margin(1e-8 * scale).epsilon(0));
        CHECK(best == Approx(truth.best_loss).margin(1e-5 * measure::target_moments(teacher).power()).epsilon(0));
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

TEST_CASE("the best loss is zero if the neurons include those of the teacher", "[measure]") {
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

TEST_CASE("the Monte Carlo loss is mean and standard error over the test points", "[measure]") {
  const test::RandomNetwork network("leaky_relu:0.1", 5, 4, 6, 11);
  for (const std::string link : {"sine", "quadratic_form"}) {
    const auto teacher = test::random_teacher(link, "leaky_relu:0.1", 5, 6, 2, 0.2);
    for (const Index count : {2, 256, 257, 1000}) {
      Matrix points(count, 6);
      sample::sample_test_points(5, 0, points);
      Matrix hidden = points * network.inner_weights.transpose();
      network.activation.apply(hidden);
      const Vector squares = (hidden * network.outer_weights - teacher.evaluate(points)).cwiseAbs2();
      const double mean = squares.mean();
      const double deviation = std::sqrt((squares.array() - mean).square().sum() / static_cast<double>(count - 1));
      const auto estimate =
          measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0.5, 5, count);
      INFO(link << ", " << count << " points");
      CHECK(estimate.mean == Approx(mean + 0.25).epsilon(1e-12));
      CHECK(estimate.standard_error == Approx(deviation / std::sqrt(static_cast<double>(count))).epsilon(1e-9));
    }
  }
}

TEST_CASE("neurons with a_j = 0 do not enter the Monte Carlo loss", "[measure]") {
  test::RandomNetwork network("relu", 5, 4, 6, 11);
  network.outer_weights(3) = 0.0;
  const auto teacher = test::random_teacher("matched", "relu", 5, 6, 2, 0.2);
  const auto before = measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100);
  network.inner_weights.row(3).setConstant(std::nan(""));
  const auto after = measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100);
  CHECK(after.mean == before.mean);
}

TEST_CASE("a stop request ends the Monte Carlo loss", "[measure]") {
  const test::RandomNetwork network("relu", 5, 4, 6, 11);
  const auto teacher = test::random_teacher("matched", "relu", 5, 6, 2, 0.2);
  const std::atomic<bool> flag = true;
  CHECK_THROWS_AS(
      measure::monte_carlo_loss(teacher, network.inner_weights, network.outer_weights, 0, 1, 100, StopRequest(flag)),
      Stopped);
}
