#include "flatsweep/measure/excess_loss.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "flatsweep/measure/monte_carlo_loss.hpp"
#include "flatsweep/measure/target_moments.hpp"
#include "random_problem.hpp"

using namespace flatsweep;

namespace {

struct Agreement {
  int beyond_four_errors = 0;
  double mean_deviation = 0.0;  // in standard errors
};

/// E (h(x) - f(x))^4, x ~ N(0, I). The links' high powers owe it to points that are far out along an index
/// direction or a neuron, so a share of the points is drawn wide along each of these (a defensive mixture;
/// Hesterberg 1995, Technometrics 37).
double fourth_moment(const sample::Teacher& teacher, const Matrix& inner, const Vector& outer,
                     std::uint64_t seed) {
  constexpr Index points_a_direction = 1000;
  constexpr double width = 3.0;
  Matrix directions(teacher.index_directions.rows() + inner.rows(), inner.cols());
  directions << teacher.index_directions, inner;
  const Index shares = directions.rows() + 1;  // the last is drawn as it comes
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
      (1.0 + ((spread * distances.array().square()).exp() / width).rowwise().sum()) /
      static_cast<double>(shares);
  return (errors.array().pow(4) / densities.array()).mean();
}

/// Exact against Monte Carlo loss over configurations drawn from all activations, links, d, r, gamma and
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
    const double deviation =
        (estimate.mean - exact.value) / std::sqrt(variance / static_cast<double>(test_samples));
    if (!(std::abs(deviation) <= 4.0)) ++agreement.beyond_four_errors;
    agreement.mean_deviation += deviation / configurations;
  }
  return agreement;
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
